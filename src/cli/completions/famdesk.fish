# Completions of famdesk for fish; what could stand somewhere, the program says itself.
function __famdesk_complete
    set -l words (commandline -opc) (commandline -ct)
    $words[1] complete fish -- $words 2>/dev/null
end
complete -c famdesk -f -a '(__famdesk_complete)'
