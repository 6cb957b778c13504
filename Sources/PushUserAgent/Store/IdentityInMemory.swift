import Synchronization

/// An identity that ends with the process: for tests, and for devices that are another one at every start.
public final class IdentityInMemory: UserAgentStore {
    private let identity: Mutex<UserAgentIdentity?>

    public init(_ identity: UserAgentIdentity? = nil) { self.identity = Mutex(identity) }

    public func load() -> UserAgentIdentity? { identity.withLock { $0 } }
    public func save(_ identity: UserAgentIdentity) { self.identity.withLock { $0 = identity } }
}
