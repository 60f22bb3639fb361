# ruff: noqa: E501
"""Shell one-liners with what busybox 1.35, dash 0.5.12 and bash 5.2 print for them, as recorded from the real ones."""

Said = tuple[str, str, int]
"""Standard output, standard error, exit status."""

ONE_LINERS: tuple[tuple[str, dict[str, Said]], ...] = (
    (
        "echo hello world",
        {
            "ash": ("hello world\n", "", 0),
            "dash": ("hello world\n", "", 0),
            "bash": ("hello world\n", "", 0),
        },
    ),
    (
        "x=5; echo $((x*2)) $((x<<3)) $((-7/2)) $((-7%3)) $((1?2:3)) $((x>3&&x<9)) $((0x1f)) $((010))",
        {
            "ash": ("10 40 -3 -1 2 1 31 8\n", "", 0),
            "dash": ("10 40 -3 -1 2 1 31 8\n", "", 0),
            "bash": ("10 40 -3 -1 2 1 31 8\n", "", 0),
        },
    ),
    (
        'for i in a b c; do echo "[$i]"; done',
        {
            "ash": ("[a]\n[b]\n[c]\n", "", 0),
            "dash": ("[a]\n[b]\n[c]\n", "", 0),
            "bash": ("[a]\n[b]\n[c]\n", "", 0),
        },
    ),
    (
        "i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; [ $i = 2 ] && continue; echo x; done",
        {
            "ash": ("1\nx\n2\n3\nx\n", "", 0),
            "dash": ("1\nx\n2\n3\nx\n", "", 0),
            "bash": ("1\nx\n2\n3\nx\n", "", 0),
        },
    ),
    (
        "until false; do echo once; break; done; echo $?",
        {
            "ash": ("once\n0\n", "", 0),
            "dash": ("once\n0\n", "", 0),
            "bash": ("once\n0\n", "", 0),
        },
    ),
    (
        "case foo.txt in *.c) echo c;; *.txt|*.md) echo text;; *) echo other;; esac",
        {
            "ash": ("text\n", "", 0),
            "dash": ("text\n", "", 0),
            "bash": ("text\n", "", 0),
        },
    ),
    (
        'f() { local a=1; echo "$1 $# $@"; return 4; }; f x "y z"; echo $?; echo "[$a]"',
        {
            "ash": ("x 2 x y z\n4\n[]\n", "", 0),
            "dash": ("x 2 x y z\n4\n[]\n", "", 0),
            "bash": ("x 2 x y z\n4\n[]\n", "", 0),
        },
    ),
    (
        'set -- a "b c" d; echo $#; for i; do echo "<$i>"; done; for i in "$*"; do echo "<$i>"; done; for i in $@; do echo "<$i>"; done; shift 2; echo $1',
        {
            "ash": ("3\n<a>\n<b c>\n<d>\n<a b c d>\n<a>\n<b>\n<c>\n<d>\nd\n", "", 0),
            "dash": ("3\n<a>\n<b c>\n<d>\n<a b c d>\n<a>\n<b>\n<c>\n<d>\nd\n", "", 0),
            "bash": ("3\n<a>\n<b c>\n<d>\n<a b c d>\n<a>\n<b>\n<c>\n<d>\nd\n", "", 0),
        },
    ),
    (
        'x=" a  b "; echo $x; echo "$x"; set -- $x; echo $#',
        {
            "ash": ("a b\n a  b \n2\n", "", 0),
            "dash": ("a b\n a  b \n2\n", "", 0),
            "bash": ("a b\n a  b \n2\n", "", 0),
        },
    ),
    (
        'IFS=:; x="a:b::c"; set -- $x; echo $# "$1" "$3"; IFS=,; echo "$*"',
        {
            "ash": ("4 a \na,b,,c\n", "", 0),
            "dash": ("4 a \na,b,,c\n", "", 0),
            "bash": ("4 a \na,b,,c\n", "", 0),
        },
    ),
    (
        "x=foobarfoo; echo ${x#foo} ${x%foo} ${x##*o} ${x%%o*} ${#x} ${x:-y} ${y:-z} ${y-q} ${x:+set} [${y:+set}]",
        {
            "ash": ("barfoo foobar f 9 foobarfoo z q set []\n", "", 0),
            "dash": ("barfoo foobar f 9 foobarfoo z q set []\n", "", 0),
            "bash": ("barfoo foobar f 9 foobarfoo z q set []\n", "", 0),
        },
    ),
    (
        "unset y; echo ${y:=def}; echo $y; : ${z:?is missing}; echo no",
        {
            "ash": ("def\ndef\n", "sh: z: is missing\n", 2),
            "dash": ("def\ndef\n", "dash: 1: z: is missing\n", 2),
            "bash": ("def\ndef\n", "bash: line 1: z: is missing\n", 127),
        },
    ),
    (
        "set -e; echo a; false; echo b",
        {
            "ash": ("a\n", "", 1),
            "dash": ("a\n", "", 1),
            "bash": ("a\n", "", 1),
        },
    ),
    (
        "set -e; if false; then echo x; fi; false || echo ok; ! true; echo c; (exit 3); echo d",
        {
            "ash": ("ok\nc\n", "", 3),
            "dash": ("ok\nc\n", "", 3),
            "bash": ("ok\nc\n", "", 3),
        },
    ),
    (
        "set -e; f() { false; echo notreached; }; f && echo y; echo after; f; echo no",
        {
            "ash": ("notreached\ny\nafter\n", "", 1),
            "dash": ("notreached\ny\nafter\n", "", 1),
            "bash": ("notreached\ny\nafter\n", "", 1),
        },
    ),
    (
        "set -u; echo ${x:-ok}; echo $x; echo no",
        {
            "ash": ("ok\n", "sh: x: parameter not set\n", 2),
            "dash": ("ok\n", "dash: 1: x: parameter not set\n", 2),
            "bash": ("ok\n", "bash: line 1: x: unbound variable\n", 127),
        },
    ),
    (
        'set -x; a=1; echo "x y" $a; b=$(echo q)',
        {
            "ash": ("x y 1\n", "+ a=1\n+ echo 'x y' 1\n+ echo q\n+ b=q\n", 0),
            "dash": ("x y 1\n", "+ a=1\n+ echo x y 1\n+ echo q\n+ b=q\n", 0),
        },
    ),
    (
        "echo a | cat | tr a b; echo $?; false | true; echo $?; true | false; echo $?",
        {
            "ash": ("b\n0\n0\n1\n", "", 0),
            "dash": ("b\n0\n0\n1\n", "", 0),
            "bash": ("b\n0\n0\n1\n", "", 0),
        },
    ),
    (
        "echo a; (echo b; exit 3); echo $?; { echo c; }; exit 7",
        {
            "ash": ("a\nb\n3\nc\n", "", 7),
            "dash": ("a\nb\n3\nc\n", "", 7),
            "bash": ("a\nb\n3\nc\n", "", 7),
        },
    ),
    (
        'x=$(echo a; echo b); echo "$x"; echo $x; y=`echo hi \\`echo there\\``; echo $y',
        {
            "ash": ("a\nb\na b\nhi there\n", "", 0),
            "dash": ("a\nb\na b\nhi there\n", "", 0),
            "bash": ("a\nb\na b\nhi there\n", "", 0),
        },
    ),
    (
        "cat <<EOF\nhello $((1+1)) $(echo sub)\n  'quoted' \"dq\" \\$x\nEOF",
        {
            "ash": ("hello 2 sub\n  'quoted' \"dq\" $x\n", "", 0),
            "dash": ("hello 2 sub\n  'quoted' \"dq\" $x\n", "", 0),
            "bash": ("hello 2 sub\n  'quoted' \"dq\" $x\n", "", 0),
        },
    ),
    (
        "cat <<'EOF'\nno $x $(y)\nEOF",
        {
            "ash": ("no $x $(y)\n", "", 0),
            "dash": ("no $x $(y)\n", "", 0),
            "bash": ("no $x $(y)\n", "", 0),
        },
    ),
    (
        "cat <<-EOF\n\ttabbed\n\tEOF",
        {
            "ash": ("tabbed\n", "", 0),
            "dash": ("tabbed\n", "", 0),
            "bash": ("tabbed\n", "", 0),
        },
    ),
    (
        "echo one > f; echo two >> f; cat f; cat < f | wc -l; echo err 2>/dev/null >&2; cat f nofile 2>&1",
        {
            "ash": ("one\ntwo\n2\none\ntwo\ncat: can't open 'nofile': No such file or directory\n", "", 1),
            "dash": ("one\ntwo\n2\none\ntwo\ncat: nofile: No such file or directory\n", "", 1),
            "bash": ("one\ntwo\n2\none\ntwo\ncat: nofile: No such file or directory\n", "", 1),
        },
    ),
    (
        "nosuch; echo $?; /nosuch; echo $?; /etc; echo $?; ./f; echo $?",
        {
            "ash": (
                "127\n127\n126\n127\n",
                "sh: nosuch: not found\nsh: /nosuch: not found\nsh: /etc: Permission denied\nsh: ./f: not found\n",
                0,
            ),
            "dash": (
                "127\n127\n126\n127\n",
                "dash: 1: nosuch: not found\ndash: 1: /nosuch: not found\ndash: 1: /etc: Permission denied\ndash: 1: ./f: not found\n",
                0,
            ),
            "bash": (
                "127\n127\n126\n127\n",
                "bash: line 1: nosuch: command not found\nbash: line 1: /nosuch: No such file or directory\nbash: line 1: /etc: Is a directory\nbash: line 1: ./f: No such file or directory\n",
                0,
            ),
        },
    ),
    (
        "echo hi > /nope/x; echo $?; cat < /nope; echo $?",
        {
            "ash": (
                "1\n1\n",
                "sh: can't create /nope/x: nonexistent directory\nsh: can't open /nope: no such file\n",
                0,
            ),
            "dash": (
                "2\n2\n",
                "dash: 1: cannot create /nope/x: Directory nonexistent\ndash: 1: cannot open /nope: No such file\n",
                0,
            ),
            "bash": (
                "1\n1\n",
                "bash: line 1: /nope/x: No such file or directory\nbash: line 1: /nope: No such file or directory\n",
                0,
            ),
        },
    ),
    (
        "cd /nope; echo $?; cd /; pwd; cd - ; pwd",
        {
            "ash": (
                "2\n/\n/tmp\n/tmp\n",
                "sh: cd: line 0: can't cd to /nope: No such file or directory\n",
                0,
            ),
            "dash": ("2\n/\n/tmp\n/tmp\n", "dash: 1: cd: can't cd to /nope\n", 0),
            "bash": ("1\n/\n/tmp\n/tmp\n", "bash: line 1: cd: /nope: No such file or directory\n", 0),
        },
    ),
    (
        "trap 'echo bye' EXIT; echo hi; exit 3",
        {
            "ash": ("hi\nbye\n", "", 3),
            "dash": ("hi\nbye\n", "", 3),
            "bash": ("hi\nbye\n", "", 3),
        },
    ),
    (
        "trap 'echo got' TERM; kill -TERM $$; echo after",
        {
            "ash": ("got\nafter\n", "", 0),
            "dash": ("got\nafter\n", "", 0),
            "bash": ("got\nafter\n", "", 0),
        },
    ),
    (
        "(trap 'echo sub' EXIT; echo in); echo out",
        {
            "ash": ("in\nsub\nout\n", "", 0),
            "dash": ("in\nsub\nout\n", "", 0),
            "bash": ("in\nsub\nout\n", "", 0),
        },
    ),
    (
        "sleep 0.05 & wait $!; echo $?; (exit 5) & wait $!; echo $?",
        {
            "ash": ("0\n5\n", "", 0),
            "dash": ("0\n5\n", "", 0),
            "bash": ("0\n5\n", "", 0),
        },
    ),
    (
        "echo $0 $# $-",
        {
            "dash": ("dash 0\n", "", 0),
        },
    ),
    (
        "echo \"a\\tb\" 'c\\td'; echo -n x; echo -e \"a\\tb\"; printf '%s-%d-%5.2f-%x\\n' a 42 3.14159 255; printf '%s\\n' a b c; printf '%05d|%-5s|%5s|\\n' 42 ab cd",
        {
            "ash": ("a\\tb c\\td\nxa\tb\na-42- 3.14-ff\na\nb\nc\n00042|ab   |   cd|\n", "", 0),
            "dash": ("a\tb c\td\nx-e a\tb\na-42- 3.14-ff\na\nb\nc\n00042|ab   |   cd|\n", "", 0),
            "bash": ("a\\tb c\\td\nxa\tb\na-42- 3.14-ff\na\nb\nc\n00042|ab   |   cd|\n", "", 0),
        },
    ),
    (
        "printf '%b' 'a\\nb\\n'; printf 'no newline'; printf '\\n%c%c\\n' abc def; printf '%%\\n'; printf '%d\\n' abc; echo $?",
        {
            "ash": ("a\nb\nno newline\nad\n%\n0\n1\n", "sh: invalid number 'abc'\n", 0),
            "dash": ("a\nb\nno newline\nad\n%\n0\n1\n", "dash: 1: printf: abc: expected numeric value\n", 0),
            "bash": ("a\nb\nno newline\nad\n%\n0\n1\n", "bash: line 1: printf: abc: invalid number\n", 0),
        },
    ),
    (
        '[ a = a ] && echo eq; [ a != b ] && echo ne; [ 1 -lt 2 -a 3 -gt 2 ] && echo and; [ -z "" ] && echo z; [ -d / ] && echo d; [ -f /nope ] || echo nf; test 1 -eq x; echo $?',
        {
            "ash": ("eq\nne\nand\nz\nd\nnf\n2\n", "sh: x: bad number\n", 0),
            "dash": ("eq\nne\nand\nz\nd\nnf\n2\n", "dash: 1: test: Illegal number: x\n", 0),
            "bash": ("eq\nne\nand\nz\nd\nnf\n2\n", "bash: line 1: test: x: integer expression expected\n", 0),
        },
    ),
    (
        "[ a = ; echo $?; [ ; echo $?",
        {
            "ash": ("2\n2\n", "sh: missing ]\nsh: missing ]\n", 0),
            "dash": ("2\n2\n", "dash: 1: [: missing ]\ndash: 1: [: missing ]\n", 0),
            "bash": ("2\n2\n", "bash: line 1: [: missing `]'\nbash: line 1: [: missing `]'\n", 0),
        },
    ),
    (
        "readonly r=1; r=2; echo no",
        {
            "ash": ("", "sh: r: is read only\n", 2),
            "dash": ("", "dash: 1: r: is read only\n", 2),
            "bash": ("", "bash: line 1: r: readonly variable\n", 1),
        },
    ),
    (
        "export A=1; B=2; sh -c 'echo \"$A [$B]\"'; C=3 sh -c 'echo $C'; echo \"[$C]\"",
        {
            "ash": ("1 []\n3\n[]\n", "", 0),
            "dash": ("1 []\n3\n[]\n", "", 0),
            "bash": ("1 []\n3\n[]\n", "", 0),
        },
    ),
    (
        "eval 'x=1; echo $x'; eval \"echo \\$x\"; eval false; echo $?",
        {
            "ash": ("1\n1\n1\n", "", 0),
            "dash": ("1\n1\n1\n", "", 0),
            "bash": ("1\n1\n1\n", "", 0),
        },
    ),
    (
        "echo 'x=5; echo sourced $1' > s.sh; . ./s.sh; echo $x; . ./nope.sh; echo no",
        {
            "ash": ("sourced\n5\n", "sh: .: line 0: can't open './nope.sh': No such file or directory\n", 2),
            "dash": ("sourced\n5\n", "dash: 1: .: cannot open ./nope.sh: No such file\n", 2),
            "bash": ("sourced\n5\nno\n", "bash: line 1: ./nope.sh: No such file or directory\n", 0),
        },
    ),
    (
        "echo 'echo $0 $1; exit 4' > t.sh; sh t.sh a; echo $?; chmod +x t.sh; ./t.sh b; echo $?; sh nofile; echo $?",
        {
            "ash": ("t.sh a\n4\n./t.sh b\n4\n2\n", "sh: can't open 'nofile': No such file or directory\n", 0),
            "dash": ("t.sh a\n4\n./t.sh b\n4\n2\n", "sh: 0: cannot open nofile: No such file\n", 0),
            "bash": ("t.sh a\n4\n./t.sh b\n4\n2\n", "sh: 0: cannot open nofile: No such file\n", 0),
        },
    ),
    (
        'printf \'#!/bin/sh\\necho script "$@"\\n\' > u.sh; chmod +x u.sh; ./u.sh "a b" c',
        {
            "ash": ("script a b c\n", "", 0),
            "dash": ("script a b c\n", "", 0),
            "bash": ("script a b c\n", "", 0),
        },
    ),
    (
        'read a b < /dev/null; echo $?; echo "x y z" | { read a b; echo "$a|$b"; }; printf \'l1\\nl2\\nl3\' | while read l; do echo "<$l>"; done',
        {
            "ash": ("1\nx|y z\n<l1>\n<l2>\n", "", 0),
            "dash": ("1\nx|y z\n<l1>\n<l2>\n", "", 0),
            "bash": ("1\nx|y z\n<l1>\n<l2>\n", "", 0),
        },
    ),
    (
        "printf 'a\\\\b c\\n' | { read x; echo \"$x\"; }; printf 'a\\\\b c\\n' | { read -r x; echo \"$x\"; }; printf '  sp  \\n' | { read x; echo \"[$x]\"; }; printf '  sp  \\n' | { IFS= read -r x; echo \"[$x]\"; }",
        {
            "ash": ("ab c\na\\b c\n[sp]\n[  sp  ]\n", "", 0),
            "dash": ("ab c\na\x08 c\n[sp]\n[  sp  ]\n", "", 0),
            "bash": ("ab c\na\\b c\n[sp]\n[  sp  ]\n", "", 0),
        },
    ),
    (
        "touch a1 a2 b1; echo a* *1 z* [ab]1 '*' \"a*\"; echo .[!.]*; for f in a?; do echo $f; done",
        {
            "ash": ("a1 a2 a1 b1 z* a1 b1 * a*\n.[!.]*\na1\na2\n", "", 0),
            "dash": ("a1 a2 a1 b1 z* a1 b1 * a*\n.[!.]*\na1\na2\n", "", 0),
            "bash": ("a1 a2 a1 b1 z* a1 b1 * a*\n.[!.]*\na1\na2\n", "", 0),
        },
    ),
    (
        'while getopts "ab:c" o; do case $o in a) echo A;; b) echo B $OPTARG;; *) echo other;; esac; done; set -- -a -b val -c x; while getopts "ab:c" o; do echo "$o $OPTARG"; done; echo $OPTIND',
        {
            "ash": ("a \nb val\nc \n5\n", "", 0),
            "dash": ("a \nb val\nc \n5\n", "", 0),
            "bash": ("a \nb val\nc \n5\n", "", 0),
        },
    ),
    (
        "a=1; (a=2; echo $a); echo $a; { a=3; }; echo $a; echo x | { a=4; }; echo $a",
        {
            "ash": ("2\n1\n3\n3\n", "", 0),
            "dash": ("2\n1\n3\n3\n", "", 0),
            "bash": ("2\n1\n3\n3\n", "", 0),
        },
    ),
    (
        "exec echo replaced; echo no",
        {
            "ash": ("replaced\n", "", 0),
            "dash": ("replaced\n", "", 0),
            "bash": ("replaced\n", "", 0),
        },
    ),
    (
        "exec 3>file3; echo to3 >&3; exec 3>&-; cat file3; echo x >&3",
        {
            "ash": ("to3\n", "sh: 3: Bad file descriptor\n", 1),
            "dash": ("to3\n", "dash: 1: 3: Bad file descriptor\n", 2),
            "bash": ("to3\n", "bash: line 1: 3: Bad file descriptor\n", 1),
        },
    ),
    (
        "echo out; echo err >&2; { echo a; echo b >&2; } 2>&1 | sort",
        {
            "ash": ("out\na\nb\n", "err\n", 0),
            "dash": ("out\na\nb\n", "err\n", 0),
            "bash": ("out\na\nb\n", "err\n", 0),
        },
    ),
    (
        "if",
        {
            "ash": ("", 'sh: syntax error: unexpected end of file (expecting "then")\n', 2),
            "dash": ("", 'dash: 1: Syntax error: end of file unexpected (expecting "then")\n', 2),
            "bash": ("", "bash: -c: line 2: syntax error: unexpected end of file\n", 2),
        },
    ),
    (
        "echo a; fi",
        {
            "ash": ("", 'sh: syntax error: unexpected "fi"\n', 2),
            "dash": ("", 'dash: 1: Syntax error: "fi" unexpected\n', 2),
            "bash": (
                "",
                "bash: -c: line 1: syntax error near unexpected token `fi'\nbash: -c: line 1: `echo a; fi'\n",
                2,
            ),
        },
    ),
    (
        "echo 'unterminated",
        {
            "ash": ("", "sh: syntax error: unterminated quoted string\n", 2),
            "dash": ("", "dash: 1: Syntax error: Unterminated quoted string\n", 2),
        },
    ),
    (
        "for",
        {
            "ash": ("", "sh: syntax error: bad for loop variable\n", 2),
            "dash": ("", "dash: 1: Syntax error: Bad for loop variable\n", 2),
        },
    ),
    (
        "foo() { echo a; }; unset -f foo; foo",
        {
            "ash": ("", "sh: foo: not found\n", 127),
            "dash": ("", "dash: 1: foo: not found\n", 127),
            "bash": ("", "bash: line 1: foo: command not found\n", 127),
        },
    ),
    (
        "type cd; type nosuch; command -v ls >/dev/null && echo found; command -v nosuch; echo $?; command echo hi",
        {
            "ash": ("cd is a shell builtin\nnosuch: not found\nfound\n127\nhi\n", "", 0),
            "dash": ("cd is a shell builtin\nnosuch: not found\nfound\n127\nhi\n", "", 0),
            "bash": ("cd is a shell builtin\nfound\n1\nhi\n", "bash: line 1: type: nosuch: not found\n", 0),
        },
    ),
    (
        'x=abc; echo ${x%b*}${x#*b} "${x}d" "$x"\'q\' ~ ~/a; HOME=/h; echo ~',
        {
            "ash": ("ac abcd abcq /root /root/a\n/h\n", "", 0),
            "dash": ("ac abcd abcq /root /root/a\n/h\n", "", 0),
            "bash": ("ac abcd abcq /root /root/a\n/h\n", "", 0),
        },
    ),
    (
        "alias foo='echo aliased'; foo",
        {
            "ash": ("", "sh: foo: not found\n", 127),
            "dash": ("", "dash: 1: foo: not found\n", 127),
            "bash": ("", "bash: line 1: foo: command not found\n", 127),
        },
    ),
    (
        "umask; umask 022; umask",
        {
            "ash": ("0022\n0022\n", "", 0),
            "dash": ("0022\n0022\n", "", 0),
            "bash": ("0022\n0022\n", "", 0),
        },
    ),
    (
        "kill -0 $$; echo $?; kill 99999; echo $?; kill -l 9",
        {
            "ash": ("0\n1\nKILL\n", "sh: can't kill pid 99999: No such process\n", 0),
            "bash": ("0\n1\nKILL\n", "bash: line 1: kill: (99999) - No such process\n", 0),
        },
    ),
    (
        "true && false || echo c; false && echo no; echo $?",
        {
            "ash": ("c\n1\n", "", 0),
            "dash": ("c\n1\n", "", 0),
            "bash": ("c\n1\n", "", 0),
        },
    ),
    (
        "echo $((1/0)); echo no",
        {
            "ash": ("", "sh: divide by zero\n", 2),
            "dash": ("", 'dash: 1: arithmetic expression: division by zero: "1/0"\n', 2),
            "bash": ("", 'bash: line 1: 1/0: division by 0 (error token is "0")\n', 1),
        },
    ),
    (
        "echo $((1+)); echo no",
        {
            "ash": ("", "sh: arithmetic syntax error\n", 2),
            "dash": ("", 'dash: 1: arithmetic expression: expecting primary: "1+"\n', 2),
            "bash": ("", 'bash: line 1: 1+: syntax error: operand expected (error token is "+")\n', 1),
        },
    ),
    (
        "echo ${x!}; echo no",
        {
            "ash": ("", "sh: syntax error: bad substitution\n", 2),
            "dash": ("", "dash: 1: Bad substitution\n", 2),
        },
    ),
    (
        "break; echo a; return 3; echo b",
        {
            "ash": ("a\n", "", 3),
            "dash": ("a\n", "", 3),
        },
    ),
    (
        "shift 5; echo a",
        {
            "ash": ("a\n", "", 0),
            "dash": ("", "dash: 1: shift: can't shift that many\n", 2),
            "bash": ("a\n", "", 0),
        },
    ),
    (
        "wait 999999; echo $?",
        {
            "ash": ("127\n", "", 0),
            "dash": ("127\n", "", 0),
        },
    ),
    (
        "x=1 y=2 env | grep -E '^[xy]=' | sort",
        {
            "ash": ("x=1\ny=2\n", "", 0),
            "dash": ("x=1\ny=2\n", "", 0),
            "bash": ("x=1\ny=2\n", "", 0),
        },
    ),
    (
        "set -o pipefail; false | true; echo $?",
        {
            "ash": ("1\n", "", 0),
            "dash": ("", "dash: 1: set: Illegal option -o pipefail\n", 2),
            "bash": ("1\n", "", 0),
        },
    ),
    (
        'a="$(printf \'x\\n\\n\\n\')"; echo "[$a]"; echo "$(echo "nested $(echo "deep")")"',
        {
            "ash": ("[x]\nnested deep\n", "", 0),
            "dash": ("[x]\nnested deep\n", "", 0),
            "bash": ("[x]\nnested deep\n", "", 0),
        },
    ),
    (
        "echo {a,b}c {1..3} x{y,z}",
        {
            "ash": ("{a,b}c {1..3} x{y,z}\n", "", 0),
            "dash": ("{a,b}c {1..3} x{y,z}\n", "", 0),
            "bash": ("ac bc 1 2 3 xy xz\n", "", 0),
        },
    ),
    (
        "x=hello; echo ${x:1:3} ${x/l/L} ${x//l/L}",
        {
            "ash": ("ell heLlo heLLo\n", "", 0),
            "dash": ("", "dash: 1: Bad substitution\n", 2),
            "bash": ("ell heLlo heLLo\n", "", 0),
        },
    ),
    (
        "[[ abc == a* ]] && echo yes; [[ -f /nope ]] || echo no",
        {
            "ash": ("yes\nno\n", "", 0),
            "dash": ("no\n", "dash: 1: [[: not found\ndash: 1: [[: not found\n", 0),
            "bash": ("yes\nno\n", "", 0),
        },
    ),
    (
        'arr=(a b c); echo ${arr[1]} ${#arr[@]} "${arr[@]}"',
        {
            "ash": ("", 'sh: syntax error: unexpected "("\n', 2),
            "dash": ("", 'dash: 1: Syntax error: "(" unexpected\n', 2),
            "bash": ("b 3 a b c\n", "", 0),
        },
    ),
    (
        "source /nope; echo $?",
        {
            "ash": ("", "sh: source: line 0: can't open '/nope': No such file or directory\n", 2),
            "dash": ("127\n", "dash: 1: source: not found\n", 0),
            "bash": ("1\n", "bash: line 1: /nope: No such file or directory\n", 0),
        },
    ),
    (
        "echo a >&9; echo $?",
        {
            "ash": ("1\n", "sh: 9: Bad file descriptor\n", 0),
            "dash": ("2\n", "dash: 1: 9: Bad file descriptor\n", 0),
            "bash": ("1\n", "bash: line 1: 9: Bad file descriptor\n", 0),
        },
    ),
    (
        "f() { f2; }; f2() { echo in f2; }; f",
        {
            "ash": ("in f2\n", "", 0),
            "dash": ("in f2\n", "", 0),
            "bash": ("in f2\n", "", 0),
        },
    ),
    (
        "ls /nope; echo $?; cat /nope; echo $?; rm /nope; echo $?; mkdir /etc; echo $?; cp /nope x; echo $?; mv /nope x; echo $?; rmdir /etc; echo $?; touch /nope/x; echo $?; ln -s a /etc/passwd; echo $?; chmod 755 /nope; echo $?",
        {
            "ash": (
                "1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n",
                "ls: /nope: No such file or directory\ncat: can't open '/nope': No such file or directory\nrm: can't remove '/nope': No such file or directory\nmkdir: can't create directory '/etc': File exists\ncp: can't stat '/nope': No such file or directory\nmv: can't rename '/nope': No such file or directory\nrmdir: '/etc': Directory not empty\ntouch: /nope/x: No such file or directory\nln: /etc/passwd: File exists\nchmod: /nope: No such file or directory\n",
                0,
            ),
            "dash": (
                "2\n1\n1\n1\n1\n1\n1\n1\n1\n1\n",
                "ls: cannot access '/nope': No such file or directory\ncat: /nope: No such file or directory\nrm: cannot remove '/nope': No such file or directory\nmkdir: cannot create directory '/etc': File exists\ncp: cannot stat '/nope': No such file or directory\nmv: cannot stat '/nope': No such file or directory\nrmdir: failed to remove '/etc': Directory not empty\ntouch: cannot touch '/nope/x': No such file or directory\nln: failed to create symbolic link '/etc/passwd': File exists\nchmod: cannot access '/nope': No such file or directory\n",
                0,
            ),
            "bash": (
                "2\n1\n1\n1\n1\n1\n1\n1\n1\n1\n",
                "ls: cannot access '/nope': No such file or directory\ncat: /nope: No such file or directory\nrm: cannot remove '/nope': No such file or directory\nmkdir: cannot create directory '/etc': File exists\ncp: cannot stat '/nope': No such file or directory\nmv: cannot stat '/nope': No such file or directory\nrmdir: failed to remove '/etc': Directory not empty\ntouch: cannot touch '/nope/x': No such file or directory\nln: failed to create symbolic link '/etc/passwd': File exists\nchmod: cannot access '/nope': No such file or directory\n",
                0,
            ),
        },
    ),
    (
        "printf 'c\\na\\nb\\n' > l; sort l; head -1 l; tail -n 1 l; wc -l l; wc < l; grep -n a l; sed -n 2p l; cut -c1 l; tr a-c A-C < l; uniq l; tac l; cat -n l; awk '{print NR\": \"$0}' l",
        {
            "ash": (
                "a\nb\nc\nc\nb\n3 l\n        3         3         6\n2:a\na\nc\na\nb\nC\nA\nB\nc\na\nb\nb\na\nc\n     1\tc\n     2\ta\n     3\tb\n1: c\n2: a\n3: b\n",
                "",
                0,
            ),
            "dash": (
                "a\nb\nc\nc\nb\n3 l\n3 3 6\n2:a\na\nc\na\nb\nC\nA\nB\nc\na\nb\nb\na\nc\n     1\tc\n     2\ta\n     3\tb\n1: c\n2: a\n3: b\n",
                "",
                0,
            ),
            "bash": (
                "a\nb\nc\nc\nb\n3 l\n3 3 6\n2:a\na\nc\na\nb\nC\nA\nB\nc\na\nb\nb\na\nc\n     1\tc\n     2\ta\n     3\tb\n1: c\n2: a\n3: b\n",
                "",
                0,
            ),
        },
    ),
    (
        "mkdir -p d/e; echo hi > d/e/f; cp -r d d2; find d2 | sort; rm -r d2; ls d; mv d/e/f g; cat g; ln -s g h; readlink h; cat h; [ -L h ] && echo link; ls -1; basename /a/b.c .c; dirname /a/b/c",
        {
            "ash": ("d2\nd2/e\nd2/e/f\ne\nhi\ng\nhi\nlink\nd\ng\nh\nb\n/a/b\n", "", 0),
            "dash": ("d2\nd2/e\nd2/e/f\ne\nhi\ng\nhi\nlink\nd\ng\nh\nb\n/a/b\n", "", 0),
            "bash": ("d2\nd2/e\nd2/e/f\ne\nhi\ng\nhi\nlink\nd\ng\nh\nb\n/a/b\n", "", 0),
        },
    ),
    (
        "seq 3; seq 2 2 6; echo a b c | xargs -n 1 echo -; printf 'a\\nb\\n' | xargs; echo 3 4 | awk '{print $1*$2}'; expr 3 + 4; echo abc | sed 's/b/X/;s/$/!/'",
        {
            "ash": ("1\n2\n3\n2\n4\n6\n- a\n- b\n- c\na b\n12\n7\naXc!\n", "", 0),
            "dash": ("1\n2\n3\n2\n4\n6\n- a\n- b\n- c\na b\n12\n7\naXc!\n", "", 0),
            "bash": ("1\n2\n3\n2\n4\n6\n- a\n- b\n- c\na b\n12\n7\naXc!\n", "", 0),
        },
    ),
    (
        "echo test | md5sum; echo test | sha256sum; echo test > t1; sha256sum t1; echo test | base64; date +%Y >/dev/null && echo ok; echo 'a:b' | cut -d: -f2; yes | head -3; echo abc | rev",
        {
            "ash": (
                "d8e8fca2dc0f896fd7cb4cb0031ba249  -\nf2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2  -\nf2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2  t1\ndGVzdAo=\nok\nb\ny\ny\ny\ncba\n",
                "",
                0,
            ),
            "dash": (
                "d8e8fca2dc0f896fd7cb4cb0031ba249  -\nf2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2  -\nf2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2  t1\ndGVzdAo=\nok\nb\ny\ny\ny\ncba\n",
                "",
                0,
            ),
            "bash": (
                "d8e8fca2dc0f896fd7cb4cb0031ba249  -\nf2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2  -\nf2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2  t1\ndGVzdAo=\nok\nb\ny\ny\ny\ncba\n",
                "",
                0,
            ),
        },
    ),
    (
        'test -e /etc/passwd && echo exists; [ /etc/passwd -nt /nope ] && echo newer; [ -n "$HOME" ] && echo home',
        {
            "ash": ("exists\nhome\n", "", 0),
            "dash": ("exists\nhome\n", "", 0),
        },
    ),
    (
        "while true; do echo x; done | head -2",
        {
            "ash": ("x\nx\n", "", 0),
            "dash": ("x\nx\n", "", 0),
            "bash": ("x\nx\n", "", 0),
        },
    ),
    (
        'x=; for i in 1 2 3; do x="$x$i"; done; echo $x; until [ ${#x} -gt 5 ]; do x=${x}a; done; echo $x',
        {
            "ash": ("123\n123aaa\n", "", 0),
            "dash": ("123\n123aaa\n", "", 0),
            "bash": ("123\n123aaa\n", "", 0),
        },
    ),
    (
        'nl=$(printf \'\\nx\'); nl=${nl%x}; echo "a${nl}b"; echo "multi\nline"',
        {
            "ash": ("a\nb\nmulti\nline\n", "", 0),
            "dash": ("a\nb\nmulti\nline\n", "", 0),
            "bash": ("a\nb\nmulti\nline\n", "", 0),
        },
    ),
    (
        'echo "$(cat nofile 2>&1)"; x=$(false); echo $?; x=$(exit 3) y=1; echo $?; local z; echo after\n',
        {
            "ash": (
                "cat: can't open 'nofile': No such file or directory\n1\n3\n",
                "sh: local: line 0: not in a function\n",
                2,
            ),
            "dash": (
                "cat: nofile: No such file or directory\n1\n3\n",
                "dash: 1: local: not in a function\n",
                2,
            ),
            "bash": (
                "cat: nofile: No such file or directory\n1\n3\nafter\n",
                "bash: line 1: local: can only be used in a function\n",
                0,
            ),
        },
    ),
)
