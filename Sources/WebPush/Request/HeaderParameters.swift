/// The headers `Encryption` and `Crypto-Key` of old drafts: entries separated by commas, each `name=value` with semicolons
/// between, values maybe quoted: `dh=BP4z…;p256ecdsa="BA1H…"`.
///
/// A push service reads them from senders old and new, and passes them on to user agents.
public struct HeaderParameters: Sendable {
    /// Entries of parameters, in order.
    private let entries: [[(name: String, value: String)]]

    public init(_ header: String?) {
        entries = (header ?? "").split(separator: ",").map { entry in
            entry.split(separator: ";").map(parameter)
        }
    }

    /// The first parameter of that (lower-case) name, normalized; nil when it is missing or empty.
    public subscript(name: String) -> String? {
        entries.joined().first { $0.name.lowercased() == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// Without quotes, blanks and base64 padding, and in the url-safe alphabet: user agents are stricter than senders.
    public var normalized: String {
        entries.map { entry in
            entry.map { $0.value.isEmpty ? $0.name : "\($0.name)=\($0.value)" }.joined(separator: ";")
        }.joined(separator: ",")
    }
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
