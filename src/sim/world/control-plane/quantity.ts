/** CPU in thousandths: `500m`, `2`, `0.5`. */
export function milliCpu(text: string | undefined): number {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(text ?? '')
  if (match === null) return 0
  return Math.round(Number(match[1]) * (match[2] === 'm' ? 1 : 1_000))
}
