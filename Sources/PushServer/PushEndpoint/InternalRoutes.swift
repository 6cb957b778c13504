import Hummingbird
import PushService

/// What only the operator's own machines may ask, on an address of its own (`listen.internal`).
struct InternalRoutes: Sendable {
    let hub: SocketHub

    func add(to router: Router<APIContext>) {
        // Other programs that write into the store wake a user agent so.
        router.put("notif/:uaid") { _, context in
            guard let uaid = context.parameters.get("uaid").flatMap({ UAID($0) }), try await hub.checkStore(for: uaid) else {
                return Response(status: .notFound)
            }
            return Response(status: .ok)
        }
    }
}
