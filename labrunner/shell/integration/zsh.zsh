# Makes zsh tell labrunner when a command starts and ends; sourced again to arm it again. Keeps $?, and shows nothing
# under `set -x`, because the functions begin with switching it off where nobody sees it.

typeset -g __lab_nonce=$LABRUNNER_NONCE __lab_label=$LABRUNNER_LABEL __lab_fed=$LABRUNNER_FED
typeset -g __lab_shell=${LABRUNNER_SHELL:-$$} __lab_tty=/dev/tty __lab_escaped=
unset LABRUNNER_NONCE LABRUNNER_LABEL LABRUNNER_FED LABRUNNER_SHELL LABRUNNER_RUN
# A fed shell has all its output in one pipe.
[[ -z $__lab_fed ]] || __lab_tty=/dev/stdout

__lab_escape() {
  emulate -L zsh
  local text=$1
  text=${text//\%/%25}
  text=${text//;/%3B}
  text=${text//$'\n'/%0A}
  text=${text//$'\r'/%0D}
  text=${text//$'\t'/%09}
  text=${text//$'\a'/%07}
  __lab_escaped=${text//$'\e'/%1B}
}

__lab_mark() { builtin print -rn -- $'\e]7715;'"$__lab_nonce;$1"$'\a' }

__lab_preexec() {
  { emulate -L zsh; setopt no_xtrace } 2>/dev/null
  {
    # $1 is empty where there is no history.
    local text=${1:-$3}
    while (( ${#text} > 1900 )); do
      __lab_escape "${text[1,1900]}"
      __lab_mark "T;$__lab_escaped"
      text=${text[1901,-1]}
    done
    __lab_escape "$text"
    typeset -g __lab_typed=$text
    __lab_mark "C;$__lab_escaped"
  } >$__lab_tty
}

__lab_precmd() {
  { local __lab_status=$?; emulate -L zsh; setopt no_xtrace } 2>/dev/null
  {
    __lab_escape "$PWD"
    __lab_mark "D;$__lab_status;$$;$__lab_escaped"
  } >$__lab_tty
  return $__lab_status
}

# The last of the precmd functions: the prompt may have been made anew.
__lab_prompt() {
  { local __lab_status=$?; emulate -L zsh; setopt no_xtrace } 2>/dev/null
  if [[ -n $__lab_fed ]]; then
    PS1=$__lab_begin PS2=$__lab_more
  elif [[ $PS1 != *$__lab_begin* ]]; then
    local lead=
    while [[ $PS1 == $'\n'* ]]; do
      lead+=$'\n' PS1=${PS1[2,-1]}
    done
    PS1="$lead%{$__lab_begin%}$__lab_label$PS1%{$__lab_end%}"
  fi
  return $__lab_status
}

typeset -g __lab_begin=$'\e]133;A\a'"$(__lab_mark P)" __lab_end=$'\e]133;B\a' __lab_more="$(__lab_mark M)"
[[ -z $__lab_fed ]] || __lab_begin="$(__lab_mark P)"

__lab_say() {
  local __lab_status=$? said=W word
  for word in "$@"; do
    __lab_escape "$word"
    said+=";$__lab_escaped"
  done
  __lab_mark "$said" >$__lab_tty
  return $__lab_status
}

() {
  local word
  for word in ${(s: :)LABRUNNER_WORDS}; do
    builtin whence -- $word >/dev/null || functions[$word]="__lab_say $word \"\$@\""
  done
}
unset LABRUNNER_WORDS
functions[lab]='__lab_say lab "$@"'

if [[ $__lab_shell == $$ ]]; then
  # Only the bare word at the prompt asks first; in a function, a list or a subshell `exit` is `exit`.
  functions[exit]='
    local __lab_status=$?
    if (( ${#funcstack} == 1 && ZSH_SUBSHELL == 0 )) && [[ $__lab_typed == [[:blank:]]#exit[[:blank:]]#[0-9]#[[:blank:]]# ]]; then
      __lab_mark L >$__lab_tty
      return $__lab_status
    fi
    builtin exit ${1:-$__lab_status}'
  functions[exit]="setopt localoptions extendedglob${functions[exit]:+; }${functions[exit]}"
  setopt ignore_eof
fi

# The docker command completes its own words, asked on the first Tab; only where the learner's zsh completes at all.
if (( ${+functions[compdef]} && ! ${+_comps[docker]} )); then
  __lab_complete_docker() {
    compdef -d docker
    builtin eval "$(command docker completion zsh 2>/dev/null)"
    (( ! ${+functions[_docker]} )) || _docker
  }
  compdef __lab_complete_docker docker
fi

typeset -ga precmd_functions preexec_functions
precmd_functions=(__lab_precmd ${precmd_functions:#__lab_(precmd|prompt)} __lab_prompt)
preexec_functions=(${preexec_functions:#__lab_preexec} __lab_preexec)
if [[ -n $__lab_fed ]]; then
  unset HISTFILE
  setopt no_prompt_sp no_prompt_cr
fi

# A number alone answers a question, so that no command of that name was found is no news; everything else is as before.
if (( ! $+functions[__lab_unknown] )); then
  if (( $+functions[command_not_found_handler] )); then
    functions[__lab_unknown]=$functions[command_not_found_handler]
  else
    __lab_unknown() { print -u2 -r -- "zsh: command not found: $1"; return 127 }
  fi
fi
command_not_found_handler() {
  [[ $* == *[^0-9,\ ]* ]] || return 127
  __lab_unknown "$@"
}
