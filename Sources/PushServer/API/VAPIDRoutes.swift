import Hummingbird

/// `GET /v1/vapid`: the key with which to subscribe. Public, as it is in every subscription.
struct VAPIDRoutes: Sendable {
    let publicKey: String

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("vapid") { _, _ in try JSONReply(.ok, Answer(publicKey: publicKey)) }
    }

    private struct Answer: Encodable {
        let publicKey: String
    }
}
