/// Where a user agent keeps who it is between two runs: its private keys, its registrations, and what it has handed over.
///
/// Calls come one at a time. Give each user agent a store of its own: two connections with one identity take turns in throwing
/// each other out.
public protocol UserAgentStore: Sendable {
    /// - Returns: what was saved last; nil when nothing was.
    func load() throws -> UserAgentIdentity?

    /// Replaces what was saved before, as a whole. When this returns, a crash must not undo it: messages are acknowledged after it.
    func save(_ identity: UserAgentIdentity) throws
}

extension IdentityFile: UserAgentStore {}
