#compdef famdesk
# Completions of famdesk for zsh; what could stand somewhere, the program says itself.
_famdesk() {
    local line value
    local -a described
    for line in "${(@f)$(${words[1]} complete zsh -- "${(@Q)words[1,CURRENT]}" 2>/dev/null)}"; do
        [[ -n $line ]] || continue
        value=${line%%$'\t'*}
        described+=("${value//:/\\:}:${line#*$'\t'}")
    done
    _describe -V famdesk described
}
if [ "$funcstack[1]" = "_famdesk" ]; then
    _famdesk "$@"
else
    compdef _famdesk famdesk
fi
