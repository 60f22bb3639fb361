# Makes bash tell labrunner when a command starts and ends. Read by `bash --rcfile`, and by `source` to arm it again.
# Works from bash 3.2 on, keeps $? and PIPESTATUS, and shows nothing under `set -x`.

__lab_nonce=${LABRUNNER_NONCE-}
__lab_label=${LABRUNNER_LABEL-}
__lab_words=${LABRUNNER_WORDS-}
__lab_run=${LABRUNNER_RUN-}
__lab_fed=${LABRUNNER_FED-}
__lab_shell=${LABRUNNER_SHELL:-$$}
__lab_starting=${LABRUNNER_STARTING-}
__lab_way=${LABRUNNER_BASH_INTEGRATION-}
unset LABRUNNER_NONCE LABRUNNER_LABEL LABRUNNER_WORDS LABRUNNER_RUN LABRUNNER_FED LABRUNNER_SHELL LABRUNNER_STARTING

if [[ -n $__lab_starting ]]; then
  if [[ -r ~/.bashrc ]]; then
    . ~/.bashrc
  elif [[ -r ~/.bash_profile ]]; then
    . ~/.bash_profile
  fi
fi

# bash 4.4 has PS0 for the moment before a command; older ones have only the DEBUG trap.
if [[ $__lab_way != 3.2 ]] && ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
  __lab_way=PS0
else
  __lab_way=3.2
fi

# The terminal itself, so that `exec >file` swallows no mark; a fed shell has all its output in one pipe.
__lab_tty=/dev/tty
[[ -z $__lab_fed ]] || __lab_tty=/dev/stdout

__lab_escape() {
  local text=$1
  text=${text//\%/%25}
  text=${text//;/%3B}
  text=${text//$'\n'/%0A}
  text=${text//$'\r'/%0D}
  text=${text//$'\t'/%09}
  text=${text//$'\a'/%07}
  __lab_escaped=${text//$'\033'/%1B}
}

__lab_mark() { \builtin printf '\033]7715;%s;%s\a' "$__lab_nonce" "$1"; }

# --- the history ---

# The last entry, its number and its text, without a fork; only where the text is wanted here.
__lab_last_entry() {
  __lab_number='' __lab_text=''
  [[ -o history ]] || return 0
  HISTTIMEFORMAT='' \builtin history 1 >|"$__lab_run/entry"
  local entry
  IFS='' \builtin read -r -d '' entry <"$__lab_run/entry"
  entry=${entry#"${entry%%[0-9]*}"}
  __lab_number=${entry%%[^0-9]*}
  entry=${entry#"$__lab_number"}
  entry=${entry:2}
  __lab_text=${entry%$'\n'}
}

# What the learner's settings keep out of the history is still wanted here: it goes in, and is taken out when it has run.
__lab_hides_blanks='' __lab_ignored=''

__lab_take_history_settings() {
  case :${HISTCONTROL-}: in
    *:ignorespace:* | *:ignoreboth:*)
      __lab_hides_blanks=1
      local settings=:$HISTCONTROL:
      settings=${settings//:ignorespace:/:}
      settings=${settings//:ignoreboth:/:ignoredups:}
      settings=${settings#:}
      HISTCONTROL=${settings%:}
      ;;
  esac
  if [[ -n ${HISTIGNORE-} ]]; then
    __lab_ignored=$HISTIGNORE
    HISTIGNORE=''
  fi
}

__lab_kept_out() {
  [[ -z $__lab_hides_blanks || $1 != [[:blank:]]* ]] || return 0
  local patterns=$__lab_ignored: pattern
  while [[ -n $patterns ]]; do
    pattern=${patterns%%:*}
    patterns=${patterns#*:}
    # shellcheck disable=SC2053
    [[ -z $pattern || $1 != $pattern ]] || return 0
  done
  return 1
}

__lab_forget() {
  [[ -n $__lab_hides_blanks$__lab_ignored && -s $__lab_run/forget ]] || return 0
  local number
  \builtin read -r number <"$__lab_run/forget"
  \builtin history -d "$number"
  : >|"$__lab_run/forget"
}

# --- what is told, and when ---

# The text goes as the history prints it, between two marks: no fork, and nothing of it needs an escape.
__lab_started() {
  __lab_mark H
  [[ ! -o history ]] || HISTTIMEFORMAT='' \builtin history 1
  __lab_mark 'C;'
  [[ -z $__lab_hides_blanks$__lab_ignored ]] || __lab_note_kept_out
}

__lab_note_kept_out() {
  __lab_last_entry
  if __lab_kept_out "$__lab_text"; then
    \builtin printf '%s\n' "$__lab_number" >|"$__lab_run/forget"
  fi
}

__lab_ended() {
  local status=$?
  [[ $__lab_way != 3.2 ]] || __lab_catch_up
  __lab_forget
  __lab_escape "$PWD"
  __lab_mark "D;$status;$$;$__lab_escaped"
  # `set -e` would take the learner's last status for a failure of ours.
  [[ $- = *e* ]] || return "$status"
}

__lab_prompt() {
  local status=$?
  __lab_take_history_settings
  if [[ -n $__lab_fed ]]; then
    PS1='${__lab_begin-}' PS2='${__lab_more-}'
  else
    case $PS1 in
      *'${__lab_begin-}'*) ;;
      *)
        local lead=''
        while [[ $PS1 = '\n'* ]]; do
          lead=$lead'\n' PS1=${PS1:2}
        done
        PS1=$lead'\[${__lab_begin-}\]'"$__lab_label$PS1"'\[${__lab_end-}\]'
        ;;
    esac
  fi
  [[ $__lab_way != 3.2 ]] || __lab_arm
  [[ $- = *e* ]] || return "$status"
}

__lab_begin=$'\033]133;A\a'$(__lab_mark P)
__lab_end=$'\033]133;B\a'
__lab_more=$(__lab_mark M)
[[ -z $__lab_fed ]] || __lab_begin=$(__lab_mark P)

# --- bash before 4.4: the DEBUG trap of the first simple command ---

__lab_armed='' __lab_seen=''

__lab_before() {
  [[ -n $__lab_armed && -z ${COMP_LINE-} && $BASH_COMMAND != __lab_ended ]] || return 0
  __lab_armed=''
  __lab_started
}

# `( … )` and `while` run no trap here: that the history has grown tells of them afterwards.
__lab_catch_up() {
  [[ -n $__lab_armed ]] || return 0
  __lab_armed=''
  [[ $HISTCMD = "$__lab_seen" ]] || __lab_started
}

__lab_arm() {
  __lab_seen=$HISTCMD
  __lab_armed=1
}

__lab_keep_own_trap() { __lab_own_trap=${2-}; }

# --- labrunner's words ---

__lab_say() {
  local status=$? said=W word
  for word in "$@"; do
    __lab_escape "$word"
    said="$said;$__lab_escaped"
  done
  __lab_mark "$said" >"$__lab_tty"
  return "$status"
}

for __lab_word in $__lab_words; do
  \builtin type "$__lab_word" >/dev/null 2>&1 || \builtin eval "$__lab_word() { __lab_say $__lab_word \"\$@\"; }"
done
unset __lab_word
lab() { __lab_say lab "$@"; }

if [[ $__lab_shell = "$$" ]]; then
  # Only the bare word at the prompt asks first; in a script, a list or a subshell `exit` is `exit`.
  exit() {
    local status=$?
    if ((${#FUNCNAME[@]} == 1 && BASH_SUBSHELL == 0)); then
      __lab_last_entry 2>/dev/null
      local typed=${__lab_text#"${__lab_text%%[![:blank:]]*}"}
      typed=${typed%"${typed##*[![:blank:]]}"}
      case $typed in
        exit | 'exit '* )
          case ${typed#exit} in
            *[![:blank:]0-9]*) ;;
            *)
              __lab_mark L >"$__lab_tty"
              return "$status"
              ;;
          esac
          ;;
      esac
    fi
    \builtin exit "${@:-$status}"
  }
  : "${IGNOREEOF=1000}"
fi

# --- the docker command completes its own words, asked on the first Tab ---

if ((BASH_VERSINFO[0] >= 4)) && ! complete -p docker >/dev/null 2>&1; then
  __lab_complete_docker() {
    complete -r docker
    if ! declare -F _get_comp_words_by_ref >/dev/null && [[ -r /usr/share/bash-completion/bash_completion ]]; then
      . /usr/share/bash-completion/bash_completion
    fi
    \builtin eval "$(command docker completion bash 2>/dev/null)"
    # 124 makes bash look again.
    return 124
  }
  complete -F __lab_complete_docker docker
fi

# --- woven in ---

case "${PROMPT_COMMAND[*]-}" in
  *__lab_ended*) ;;
  *)
    __lab_first="{ __lab_ended; } 2>/dev/null >$__lab_tty"
    __lab_last='{ __lab_prompt; } 2>/dev/null'
    if [[ $(declare -p PROMPT_COMMAND 2>/dev/null) = 'declare -a'* ]]; then
      PROMPT_COMMAND=("$__lab_first" "${PROMPT_COMMAND[@]}" "$__lab_last")
    else
      PROMPT_COMMAND=$__lab_first$'\n'${PROMPT_COMMAND-}$'\n'$__lab_last
    fi
    unset __lab_first __lab_last
    ;;
esac

if [[ $__lab_way = PS0 ]]; then
  case ${PS0-} in
    *__lab_started*) ;;
    *)
      if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 503)); then
        # From 5.3 on a substitution need not fork.
        PS0=${PS0-}'${ { __lab_started >'$__lab_tty'; } 2>/dev/null; }'
      else
        PS0=${PS0-}'$({ __lab_started >'$__lab_tty'; } 2>/dev/null)'
      fi
      ;;
  esac
else
  __lab_own_trap=''
  __lab_set_trap=$(trap -p DEBUG)
  case $__lab_set_trap in
    *__lab_before*) ;;
    *)
      [[ -z $__lab_set_trap ]] || eval "__lab_keep_own_trap ${__lab_set_trap#trap }"
      # "$_" keeps $_: the last argument is what it will be.
      trap "{ __lab_before \"\$_\"; } 2>/dev/null >$__lab_tty${__lab_own_trap:+; $__lab_own_trap}" DEBUG
      ;;
  esac
  unset __lab_set_trap
fi
if [[ -n $__lab_fed ]]; then
  unset HISTFILE
fi

# A number alone answers a question, so that no command of that name was found is no news; everything else is as before.
if ! declare -F __lab_unknown >/dev/null; then
  if declare -F command_not_found_handle >/dev/null; then
    __lab_before_us=$(declare -f command_not_found_handle)
    eval "__lab_unknown${__lab_before_us#command_not_found_handle}"
    unset __lab_before_us
  else
    __lab_unknown() {
      \builtin printf 'bash: %s: command not found\n' "$1" >&2
      return 127
    }
  fi
fi
command_not_found_handle() {
  [[ $* == *[^0-9,\ ]* ]] || return 127
  __lab_unknown "$@"
}
