/// `Prefer` (RFC 7240): what the client would like, without its parameters.
public struct PreferHeader: Sendable {
    private let names: Set<String>

    public init(_ value: String?) {
        let preferences = (value ?? "").split(separator: ",").map { $0.prefix { $0 != "=" && $0 != ";" } }
        names = Set(preferences.map { $0.trimmed.lowercased() })
    }

    /// - Parameter name: in lower case.
    public func contains(_ name: String) -> Bool { names.contains(name) }
}

/// `Link` (RFC 8288 §3), as far as relation types go.
struct LinkHeader {
    private let links: [(target: Substring, relations: [String])]

    init(_ value: String?) {
        var links: [(Substring, [String])] = [], rest = Substring(value ?? "")
        while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
            let target = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            // Parameters end where the next link begins: URLs stand in angle brackets, and no relation type has one.
            let parameters = rest.prefix { $0 != "<" }
            links.append((target, Self.relations(parameters)))
        }
        self.links = links
    }

    /// The URL that the first link of this relation points to.
    func target(of relation: String) -> Substring? { links.first { $0.relations.contains(relation) }?.target }

    private static func relations(_ parameters: Substring) -> [String] {
        for parameter in parameters.split(whereSeparator: { $0 == ";" || $0 == "," }) {
            let parts = parameter.split(separator: "=", maxSplits: 1).map(\.trimmed)
            guard parts.count == 2, parts[0].lowercased() == "rel" else { continue }
            return parts[1].filter { $0 != "\"" }.lowercased().split(separator: " ").map(String.init)
        }
        return []
    }
}
