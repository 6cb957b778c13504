import Hummingbird
import PushProviders
import PushSender
import PushStorage
import WebPush

/// `GET /v1/vapid`: the key with which to subscribe to an App. Public, as it is in every subscription.
struct VAPIDRoutes: Sendable {
    let apps: SQLAppStore
    let credentials: CredentialTable<WebPushCredential>

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("vapid") { request, _ in
            let app = try await app(request.uri.queryParameters["app"].map(String.init))
            return try JSONReply(.ok, Answer(publicKey: credentials.publicKey(of: app) ?? ""))
        }
    }

    private func app(_ name: String?) async throws -> AppID {
        guard let name else { return .default }
        guard let app = try await apps.app(named: name) else { throw Problem.noSuch("App", name) }
        return app.id
    }

    private struct Answer: Encodable {
        let publicKey: String
    }
}

extension CredentialTable<WebPushCredential> {
    /// The VAPID key that new subscriptions of an App are bound to.
    func publicKey(of app: AppID) -> String? { all(for: app).first?.key.publicKeyBase64URL }
}
