import PushStorage

/// The guard for each scope, so that a route says beside its path who may use it.
struct RouteGuards: Sendable {
    let register: Authenticator
    let read: Authenticator
    let send: Authenticator

    init(keys: SQLKeyStore) {
        register = Authenticator(keys: keys, scope: .register)
        read = Authenticator(keys: keys, scope: .read)
        send = Authenticator(keys: keys, scope: .send)
    }
}
