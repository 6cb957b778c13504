/// URLs that strangers might register, all of which lead to this machine or its network in one reader or another.
enum Hostile {
    static let malformed = [
        // One to three numbers, octal, hexadecimal, and numbers out of range: inet_aton reads most of them.
        "https://2130706433/", "https://0x7f000001/", "https://0x7F.0.0.1/", "https://017700000001/", "https://0177.0.0.1/",
        "https://127.1/", "https://127.0.1/", "https://0/", "https://127.0.0.01/", "https://0x7f.1/", "https://256.0.0.1/",
        "https://127.0.0.1.1/", "https://999999999999/", "https://1.2.3.4.5/", "https://127.0.0.0x1/", "https://0x/",
        "https://10.0.0.08/", "https://00000127.0.0.1/",
        // Users, and what looks like a host but isn't.
        "https://push.example.com@127.0.0.1/", "https://127.0.0.1:80@push.example.com/", "https://user:pass@localhost/",
        "https://@localhost/", "https://push.example.com%40localhost/", "https://push.example.com\\@localhost/",
        "https://localhost\\.push.example.com/", "https://localhost#@push.example.com/", "https://push.example.com#.localhost/",
        // Escapes, other alphabets, dots that aren't ASCII, spaces and controls.
        "https://%6c%6f%63%61%6c%68%6f%73%74/", "https://127.0.0.1%00.example.com/", "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "https://127。0。0。1/",
        "https://１２７.０.０.１/", "https://localhost\u{AD}/", "https://local host/", "https://localhost\t/", "https://localhost\r\nx: y/",
        "https://\u{0}localhost/", " https://localhost/", "https://bücher.example/", "https://push.example.com/\r\nHost: localhost",
        // Dots and labels.
        "https://localhost./", "https://127.0.0.1./", "https://.localhost/", "https://push..example.com/", "https://./",
        "https://\(String(repeating: "a", count: 64)).example/", "https://\(String(repeating: "a.", count: 130))example/",
        // No host, no port, no scheme that we speak.
        "https:///", "https://", "https://:443/", "https://?x", "https:/localhost/", "https:localhost", "//localhost/", "localhost", "",
        "https://localhost:0/", "https://localhost:65536/", "https://localhost:-1/", "https://localhost:80a/", "https://localhost:/",
        "https://localhost:4 4/", "https://localhost:80:80/", "https://localhost:+80/",
        "file:///etc/passwd", "gopher://localhost:6379/_x", "ftp://localhost/", "unix:///var/run/docker.sock", "javascript://localhost/",
        "ws://localhost/", "data:text/plain,x", "httpss://localhost/",
        // Brackets, zones, and what they shouldn't hold.
        "https://[::1/", "https://::1/", "https://[::1%25eth0]/", "https://[fe80::1%eth0]/", "https://[]/", "https://[127.0.0.1]/",
        "https://[::1]x/", "https://[::1]@push.example.com/", "https://[localhost]/", "https://[::gggg]/", "https://[v1.a]/",
        "https://fe80::1/", "https://[[::1]]/",
    ]

    static let literals = [
        "https://127.0.0.1/", "https://127.0.0.1:443/", "https://127.255.255.254/", "https://0.0.0.0/", "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/", "https://169.254.169.254/x.google.com/", "https://192.168.0.1/", "https://100.64.0.1/",
        "https://255.255.255.255/", "https://224.0.0.1/", "https://8.8.8.8/", "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/", "https://[64:ff9b::127.0.0.1]/", "https://[64:ff9b::a9fe:a9fe]/",
        "https://[64:ff9b:1::1]/", "https://[2002:7f00:1::]/", "https://[2002:a9fe:a9fe::1]/", "https://[2001:0:7f00:1::]/",
        "https://[fe80::1]/", "https://[fc00::1]/", "https://[fd00:ec2::254]/", "https://[ff02::1]/", "https://[2001:db8::1]/",
        "https://[0:0:0:0:0:0:0:1]/", "https://[0000:0000:0000:0000:0000:ffff:7f00:0001]/", "https://[2606:4700::1111]/",
        "http://127.0.0.1:8081/", "https://127.0.0.1:8081/",
    ]
}
