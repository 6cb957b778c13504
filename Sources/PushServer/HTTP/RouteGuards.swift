import PushStorage

/// The guard for each scope, so that a route says beside its path who may use it.
struct RouteGuards: Sendable {
    let register: Authenticator
    let read: Authenticator
    let send: Authenticator
    let admin: Authenticator

    init(keys store: SQLKeyStore) {
        let keys = KeyCache(store)
        register = Authenticator(keys: keys, scope: .register)
        read = Authenticator(keys: keys, scope: .read)
        send = Authenticator(keys: keys, scope: .send)
        admin = Authenticator(keys: keys, scope: .admin)
    }
}
