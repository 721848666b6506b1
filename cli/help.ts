/** What `breakroom --help` prints. Examples first. */
export const help = `Examples
  npm start                      start the fleet, and its servers
  npx breakroom status           who is here, what is wrong
  npx breakroom sweep            who is stuck, why, and what is done about it
  npx breakroom tail             what is being said
  npx breakroom assign cto "Limit the gateway" --accept "429 after 100 a minute"
  npx breakroom why t-13         what became of a task, and why
  npx breakroom ask "how do we name branches?"
  npx breakroom stop cto         cto stands still until "resume cto"

Commands
  up                             the fleet and its servers, in the foreground
  run <part>                     one part alone: servers, init, provision, router, tasks,
                                 state, knowledge, desk, bots [--role <name>], sweep, bridge, gateway
  doctor                         looks at everything, says how to mend it
  status                         who is here, what is wrong
  sweep [--last]                 has everybody looked at now, and who is stuck unstuck; --last shows what
                                 was seen and done the last time. Ends with 3 when somebody is stuck
  tail [-n <lines>] [--all]      the public record as it is written; --all also canaries and tokens used
  assign <role> "<title>"        a task: --accept, --verify (again for more), --priority <p>,
                                 --prep, --qa, --review <role> (who plans, tries, reviews it),
                                 --ack <60s>, --due <60m>, --after <task>, --then <role "title">,
                                 --also, --else <role "title"> (beside that; if it fails), --no-then,
                                 --about, --context, --budget, --room; or one text as in chat
  tasks [role] [--all]           what is to be done; --all also what is over
  task <task>, why <task>        one task; all that happened to it, with causes
  dlq [list] [--all]             what was given up and waits for somebody
  dlq show|retry <letter>        all about d-3; has it tried again, once
  dlq edit <letter> "title: <words>; role: <role>", dlq drop <letter> <why>
  state                          what is kept of all that happened, and what waits for Firestore
  state compare                  whether file, Firestore and ledger have the same; ends with 1 when not
  state metrics [role] [--days <n>]
                                 what each role did on each day
  state export <file> [--force]  all of it as JSON Lines, what private rooms said of tasks too; - prints it
  state import <file>|firestore  what another home exported, or what is in Firestore, for a new fleet
  state rebuild                  the task store anew from the ledger, and what is kept put right
  evidence -- <program>          has a check run where a role works, and what it came to signed: -- npm test
                                 [--role <name>]
  evidence check [--staged]      whether a check passed on just these files, or on what is staged; offline
                                 [-- <program>]: whether this one did
  evidence hook -- <program>     refuses commits without that. A convenience: what counts is seen by the
                                 task service before a task is done, whatever becomes of the hook
  ask "<question>"               what is written down about it, how sure that is, and where it stands
  corpus add <folder or git address>
                                 has it read and answered from: --name, --access <room>, --only <pattern>
                                 (again for more), --branch
  corpus status                  what is read, and what was skipped and why
  corpus remove <name>, corpus reindex [name]
  roles check                    the tree of roles, or what is wrong with their files
  roles new <name> [--reports-to <role>]
  slack init [--role <role>]     Slack, step by step: makes the app, tries each token, writes .env and
                                 breakroom.yaml; --name <name>, --http <url>, --no-input
  slack manifest [--role <role>] the manifest of an app at Slack; --http <url>
  people                         who is known, and by which accounts
  people login                   a new login word for the founder
  stop [role], resume [role]     one role, or everybody

Options
  --json      one JSON document instead of text (tail: one a line)
  --help      this page
  --version

Exit codes  0 ok, 1 failure, 2 usage, 3 degraded, 4 denied
Environment BREAKROOM_HOME, BREAKROOM_IRC_PORT, BREAKROOM_HTTP_PORT, BREAKROOM_NATS_URL,
            BREAKROOM_REDIS_URL, BREAKROOM_SLACK_API_URL (see .env.example)`
