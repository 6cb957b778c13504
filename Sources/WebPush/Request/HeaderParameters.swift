/// The headers `Encryption` and `Crypto-Key` of old drafts: entries separated by commas, each `name=value` with semicolons
/// between, values maybe quoted: `dh=BP4z…;p256ecdsa="BA1H…"`.
///
/// A push service reads them from senders old and new, and passes them on to user agents.
public struct HeaderParameters: Sendable {
    /// Entries of parameters, in order.
    private let entries: [[(name: String, value: String)]]
    private let header: String

    public init(_ header: String?) {
        self.header = header ?? ""
        entries = self.header.split(separator: ",").map { entry in
            entry.split(separator: ";").map(parameter)
        }
    }

    /// The first parameter of that (lower-case) name, normalized; nil when it is missing or empty.
    public subscript(name: String) -> String? {
        entries.joined().first { $0.name.lowercased() == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// As it was written, but without quotes and base64 padding, and with keys and salts in the url-safe alphabet: user agents are stricter
    /// than senders. What else there is, such as a `keyid` that is a URL, is the sender's.
    public var normalized: String {
        var result = "", rest = header.filter { $0 != "\"" }[...]
        while let end = rest.firstIndex(where: { $0 == "," || $0 == ";" }) {
            result += fitForUserAgents(rest[..<end]) + String(rest[end])
            rest = rest[rest.index(after: end)...]
        }
        return result + fitForUserAgents(rest)
    }
}

private func fitForUserAgents(_ text: Substring) -> String {
    guard let sign = text.firstIndex(of: "=") else { return String(text) }
    let name = text[..<sign].filter { $0 != " " && $0 != "\t" }.lowercased()
    let value = text[text.index(after: sign)...]
    let bare = value.dropLast(value.reversed().prefix { $0 == "=" }.count)
    return text[...sign] + (["salt", "dh", "p256ecdsa"].contains(name) ? String(bare.map(urlSafe)) : String(bare))
}

private func parameter(_ text: Substring) -> (name: String, value: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let value = parts.count == 2 ? parts[1].filter { $0 != "\"" && $0 != " " && $0 != "\t" } : ""
    let padding = value.reversed().prefix { $0 == "=" }.count
    return (parts[0].filter { $0 != " " && $0 != "\t" }, String(value.dropLast(padding).map(urlSafe)))
}

private func urlSafe(_ character: Character) -> Character {
    switch character {
    case "+": "-"
    case "/": "_"
    default: character
    }
}
