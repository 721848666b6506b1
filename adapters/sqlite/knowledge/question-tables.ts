/** What was asked, answered, voted and learned. */
export const questionTables = ''
