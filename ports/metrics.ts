/** Labels are few, and their values come from the configuration, never from chat. */
export const metricLabels = [
  'network',
  'voice',
  'room',
  'what',
  'rule',
  'reader',
  'user',
  'job',
  'role',
  'queue',
  'state',
  'kind',
] as const
export type MetricLabels = Partial<Record<(typeof metricLabels)[number], string>>

/** Counters and gauges by name. */
export interface Metrics {
  count(name: MetricName, labels?: MetricLabels, by?: number): void
  gauge(name: MetricName, value: number, labels?: MetricLabels): void
}

/** Every metric on one page: what it says. */
export const metricHelp = {
  breakroom_heard_total: 'Lines heard from people on a network',
  breakroom_posted_total: 'Lines posted to a network',
  breakroom_spool_depth: 'Accepted lines waiting on disk for the bus',
  breakroom_duplicates_total: 'Redelivered lines recognised and not repeated',
  breakroom_ignored_total: 'Events of a network that concern no room of ours or make no sense, by what was wrong',
  breakroom_gaps_total: 'Spans of a room that could not be filled',
  breakroom_parked_total: 'Envelopes that could not be read',
  breakroom_undeliverable_total: 'Lines a network refused for good',
  breakroom_ambiguous_total: 'Lines that may have been posted twice because the network has no history to look in',
  breakroom_retries_total: 'Attempts repeated after a failure',
  breakroom_reconnects_total: 'Connections made again',
  breakroom_denied_total: 'Requests refused by a rule',
  breakroom_redacted_total: 'Secrets taken out of text',
  breakroom_suppressed_total: 'Bot turns held back by the turn budget',
  breakroom_deadletters_total: 'Work given up and copied to the dead letters',
  breakroom_deadletters_waiting: 'Dead letters that wait for somebody, by class',
  breakroom_letter_changes_total: 'What was done with dead letters, by what',
  breakroom_task_changes_total: 'What happened to tasks, by event',
  breakroom_task_refused_total: 'Commands on tasks that a rule of theirs forbade',
  breakroom_consumer_lag: 'Items that wait for a role or are in its hands, by queue',
  breakroom_restarts_total: 'Times that a seat was told to ask for a queue of its own anew, and did',
  breakroom_leases_lost_total: 'Tasks in hand that were opened again because their doorbell was gone',
  breakroom_tasks: 'Tasks that are not over, by status',
  breakroom_recurring_total: 'Work that came back by the clock, by what became of it',
  breakroom_timers_pending: 'Deadlines of tasks that have not been rung for',
  breakroom_timers_rung_total: 'Deadlines of tasks that were rung for, in time or more than a minute late',
  breakroom_timers_restored_total: 'Deadlines of tasks that Redis had lost and was given again',
  breakroom_timers_degraded: 'Whether Redis is away and deadlines are looked at from here (1) or not (0)',
  breakroom_checks_total: 'Checks that were run, by how they ended',
  breakroom_evidence_unkept_total: 'Runs of checks that could not be kept, or compared with those before',
  breakroom_answers_total: 'Answers of the knowledge proxy, by how sure it was',
  breakroom_corpus_documents: 'Documents that are answered from, by corpus',
  breakroom_corpus_problems: 'Files of a corpus that were skipped or are off',
  breakroom_receipts_total: 'Receipts given to people',
  breakroom_connected: 'Whether a connection is up (1) or not (0)',
  breakroom_slack_sockets: 'Sockets that Slack counts for an app, by whose they are (ours, others)',
  breakroom_slack_limited_total: 'Times Slack said that an app does too much, by method or kind',
  breakroom_outward_lag: 'Lines waiting to be posted to a network and room',
  breakroom_uncaught_total: 'Errors that nobody caught; each is a fault of ours',
  breakroom_model_calls_total:
    'Requests to models, by what they are for (writer, embedder, reranker) and how they ended',
  breakroom_model_ms_total: 'Time that requests to models took, in milliseconds, by what they are for',
  breakroom_model_tokens_total: 'Tokens that models counted, in and out, by what they are for',
  breakroom_model_dropped_total: 'Sentences of the writer that were not used, by what was wrong',
  breakroom_vectors_missing: 'Sections that are not yet found by meaning',
  breakroom_agents: 'Roles by what the last sweep made of them',
  breakroom_sweep_acts_total: 'What sweeps did about those who stood still, by kind',
  breakroom_sweep_ms: 'How long the last sweep took, in milliseconds',
  breakroom_state_ledger_lag: 'Entries of the ledger that the state store has not kept yet',
  breakroom_state_pending: 'Tasks and records that Firestore has not got yet, by what they are',
  breakroom_state_lag_seconds:
    'How long the oldest of them has waited; figures, which are written now and then, do not count',
  breakroom_state_kept_total: 'Tasks and records that Firestore has taken, by what they are',
  breakroom_state_aside_total: 'Tasks and records that Firestore will never take as they are, by what they are',
  breakroom_sweeps_total: 'Sweeps that came to their end, and those that failed',
  breakroom_loop_delay_ms: 'Event loop delay, worst of the last interval',
} as const
export type MetricName = keyof typeof metricHelp
