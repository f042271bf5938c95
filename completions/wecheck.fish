complete --keep-order --exclusive --command wecheck --arguments "(COMPLETE=fish wecheck -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
