# Read by zsh as $ZDOTDIR/.zshenv, where ZDOTDIR is the session's run folder: first the learner's own, then on to .zshrc.

__lab_zdotdir=$ZDOTDIR
if [[ -n $LABRUNNER_ZDOTDIR ]]; then
  ZDOTDIR=$LABRUNNER_ZDOTDIR
else
  unset ZDOTDIR
fi
[[ ! -r ${ZDOTDIR:-$HOME}/.zshenv ]] || source ${ZDOTDIR:-$HOME}/.zshenv
# The learner's .zshenv may have chosen another folder.
__lab_own_zdotdir=$ZDOTDIR
ZDOTDIR=$__lab_zdotdir
