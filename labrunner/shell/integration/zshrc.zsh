# Read by zsh as $ZDOTDIR/.zshrc: gives ZDOTDIR back, reads the learner's own .zshrc, and makes zsh tell what it does.

# What the system's zshrc derived from ZDOTDIR.
[[ $HISTFILE != $ZDOTDIR/* ]] || HISTFILE=${__lab_own_zdotdir:-$HOME}/${HISTFILE:t}
if [[ -n $__lab_own_zdotdir ]]; then
  ZDOTDIR=$__lab_own_zdotdir
else
  unset ZDOTDIR
fi
__lab_script=${${(%):-%x}:A:h}/zsh.zsh
unset __lab_zdotdir __lab_own_zdotdir LABRUNNER_ZDOTDIR LABRUNNER_STARTING
[[ ! -r ${ZDOTDIR:-$HOME}/.zshrc ]] || source ${ZDOTDIR:-$HOME}/.zshrc
source $__lab_script
unset __lab_script
