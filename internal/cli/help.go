package cli

// Help is what the program says of itself.
const Help = `Snapback: restores of MongoDB clusters, asked for, approved and followed in Slack.

  snapback serve   [--config FILE] [--log-format text|json]   run the bot
                   [--recovered]                              go on with a store that is an older copy
  snapback sandbox [--listen ADDRESS] [--dir DIR] [--play]    try it in a browser: no account, no network
                   [--config FILE]                            rehearse a configuration with made-up people and clusters
  snapback check   [--config FILE] [--json]                   say what is wrong with a configuration, and what has no effect
                   [--online]                                 ask the backends, too: which patterns fit no cluster
  snapback doctor  [--config FILE] [--json]                   say what is wrong with tokens, channels, groups, backends,
                                                              clocks and the store, and what to do about it
  snapback backup  [--config FILE] COPY                       copy the store, also while the bot runs
  snapback audit export [--config FILE] [--from SEQ]          print the log, one event a line
  snapback audit verify [--config FILE] [--from SEQ]          prove the log, or an export of it, against witnesses
                   [--witness TEXT|@TEXTFILE] [--archive DIR] [EXPORT]   and the archive
  snapback policy explain --requester USER --source CLUSTER   say which policy would decide, why the others
                   --target CLUSTER | --download [--config FILE]   would not, and who could approve it
  snapback version                                            say which version this is
  snapback help                                               show this

FILE is snapback.yaml unless said otherwise; sandbox has no usual one. CLUSTER is BACKEND/PROJECT/CLUSTER, a slash in a
name as \/. USER is a Slack user id.
`
