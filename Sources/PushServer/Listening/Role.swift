/// A part of the work that a node may do, so that a fleet can scale each by itself. By default a node does all.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Takes requests of the API.
    case api
    /// Sends pushes.
    case dispatch
    /// Takes messages for user agents.
    case pushEndpoint = "push-endpoint"
    /// Holds the connections of user agents.
    case pushConnect = "push-connect"
    /// Answers the operator's own programs, which need no key: only on an address of its own.
    case `internal`

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension Set<Role> {
    /// - Parameter text: names with commas between them.
    /// - Throws: ``SettingsError``.
    init(names text: String) throws {
        let names = text.split(separator: ",").map { $0.trimming(while: { $0 == " " }) }
        self = Set(
            try names.map { name in
                guard let role = Role(rawValue: String(name)) else {
                    throw SettingsError(key: "role", message: "\(name) is none of \(Role.names)")
                }
                return role
            })
        guard !isEmpty else { throw SettingsError(key: "role", message: "name at least one of \(Role.names)") }
    }

    /// With a database of its own a node has nobody to do the other half.
    func checkAlone() throws {
        for (one, other) in [(Role.api, Role.dispatch), (.pushEndpoint, .pushConnect)] where contains(one) != contains(other) {
            let (here, missing) = contains(one) ? (one, other) : (other, one)
            throw SettingsError(
                key: "role",
                message:
                    """
                    \(here.rawValue) without \(missing.rawValue) needs other nodes on the same database: set HERALD_DATABASE_URL to a \
                    PostgreSQL, or add the role \(missing.rawValue)
                    """)
        }
    }
}

extension StringProtocol {
    fileprivate func trimming(while isBlank: (Character) -> Bool) -> SubSequence {
        var rest = self[...]
        while let first = rest.first, isBlank(first) { rest.removeFirst() }
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
