import PushStorage

/// The guard for each scope, so that a route says beside its path who may use it.
struct RouteGuards: Sendable {
    let register: Authenticator
    let read: Authenticator
    let send: Authenticator
    let admin: Authenticator
    /// Where routes write down what was done with an admin key.
    let audit: AuditLog

    init(_ keys: KeyCheck, audit: AuditLog) {
        register = Authenticator(keys: keys, scope: .register)
        read = Authenticator(keys: keys, scope: .read)
        send = Authenticator(keys: keys, scope: .send)
        admin = Authenticator(keys: keys, scope: .admin)
        self.audit = audit
    }
}
