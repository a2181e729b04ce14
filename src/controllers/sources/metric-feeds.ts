import { pollSeconds } from '../../api/pacing.ts'
import { seconds } from '../../kernel/time.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { AlertRules } from './alert-rules.ts'
import type { Feed } from './feed.ts'
import { MetricPoll, type MetricPollPorts } from './metric-poll.ts'

interface MetricFeedPorts extends Omit<MetricPollPorts, 'metrics'> {
  readonly metrics?: readonly Metrics[] | undefined
}

interface MetricFeedOptions {
  readonly queryPollSeconds?: number | undefined
  readonly nodeLabels?: readonly string[] | undefined
}

export interface MetricFeeds extends Pick<MetricPoll, 'run' | 'whenPolled'> {
  readonly feeds: readonly Feed[]
}

/** Everything that is heard from Prometheus. */
export function metricFeeds(ports: MetricFeedPorts, options: MetricFeedOptions): MetricFeeds {
  const { queryPollSeconds = pollSeconds.query, nodeLabels } = options
  const { metrics = [], identity } = ports
  const poll = new MetricPoll({ ...ports, metrics }, { everyMs: seconds(queryPollSeconds), nodeLabels })
  return {
    feeds: [poll, new AlertRules(metrics, { nodes: identity, nodeLabels })],
    run: async (signal) => await poll.run(signal),
    whenPolled: poll.whenPolled,
  }
}
