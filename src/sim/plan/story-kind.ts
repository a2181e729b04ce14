export const storyKinds = ['Deadlock', 'Overload'] as const

export type StoryKind = (typeof storyKinds)[number]
