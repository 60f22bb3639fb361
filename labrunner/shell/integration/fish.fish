# Makes fish tell labrunner when a command starts and ends; sourced after the learner's config, and again to arm it again.

set -g __lab_nonce $LABRUNNER_NONCE
set -g __lab_label $LABRUNNER_LABEL
set -g __lab_shell $LABRUNNER_SHELL
test -n "$__lab_shell"; or set __lab_shell $fish_pid
set -g __lab_status 0

function __lab_mark
    printf '\e]7715;%s;%s\a' $__lab_nonce (string join ';' -- $argv) >/dev/tty
end

function __lab_escape
    string escape --style=url -- "$argv"
end

function __lab_preexec --on-event fish_preexec
    set -g __lab_typed $argv[1]
    # In pieces of at most 6000 bytes, none of which ends within an escape.
    set -l pieces (string match -ra '(?:%..|[^%]){1,2000}' -- (__lab_escape $argv[1]))
    for piece in $pieces[1..-2]
        __lab_mark T $piece
    end
    __lab_mark C "$pieces[-1]"
end

function __lab_postexec --on-event fish_postexec
    set -g __lab_status $status
end

function __lab_prompting --on-event fish_prompt
    __lab_mark D $__lab_status $fish_pid (__lab_escape $PWD)
end

# Ctrl-C at the prompt draws it again without a word.
function __lab_cancelled --on-event fish_cancel
    __lab_mark D 130 $fish_pid (__lab_escape $PWD)
end

# The prompt, with a label before it and $status as it was.
if not functions -q __lab_own_prompt
    functions -c fish_prompt __lab_own_prompt
    function __lab_give_status
        return $argv[1]
    end
    function fish_prompt
        set -l before $status
        printf '\e]133;A\a%s' $__lab_label
        __lab_give_status $before
        __lab_own_prompt
        printf '\e]133;B\a'
    end
end

function __lab_say
    set -l before $status
    __lab_mark W (for word in $argv; __lab_escape $word; end)
    return $before
end

for word in (string split ' ' -- $LABRUNNER_WORDS)
    type -q $word; or eval "function $word; __lab_say $word \$argv; end"
end
function lab
    __lab_say lab $argv
end

if test $__lab_shell = $fish_pid
    # Only the bare word at the prompt asks first; in a function, a script or a list `exit` is `exit`.
    function exit
        set -l before $status
        if string match -qr '^\s*exit(\s+\d+)?\s*$' -- "$__lab_typed"
            __lab_mark L
            return $before
        end
        set -q argv[1]; or set argv $before
        builtin exit $argv
    end
    function __lab_end_of_input
        if test -z (commandline | string collect)
            __lab_mark L
        else
            commandline -f delete-char
        end
    end
    for mode in default insert
        bind -M $mode \cd __lab_end_of_input
    end
end

# A number alone answers a question, so that no command of that name was found is no news; everything else is as before.
if not functions -q __lab_unknown
    if functions -q fish_command_not_found
        functions -c fish_command_not_found __lab_unknown
    else
        function __lab_unknown
            __fish_default_command_not_found_handler $argv
        end
    end
end
function fish_command_not_found
    string match -qr '^[0-9, ]+$' -- "$argv"
    or __lab_unknown $argv
end

# The docker command completes its own words, asked on the first Tab; what fish itself brings for it is empty.
set -l theirs
for folder in $fish_complete_path
    if test $folder != $__fish_data_dir/completions; and test -e $folder/docker.fish
        set theirs $folder
    end
end
if test -z "$theirs"
    function __lab_complete_docker
        complete -e -c docker
        command docker completion fish 2>/dev/null | source
        complete -C (commandline -cp)
    end
    complete -c docker -f -a '(__lab_complete_docker)'
end

set -e LABRUNNER_NONCE LABRUNNER_LABEL LABRUNNER_WORDS LABRUNNER_SHELL LABRUNNER_RUN LABRUNNER_FED LABRUNNER_STARTING
true
