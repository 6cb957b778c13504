import PushUserAgent
import WebPush

struct Weather: UserAgentApp {
    /// The public key that your application server signs with. Herald's own is at `GET /v1/vapid`.
    func applicationServerKey() async throws -> String {
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    }

    /// Tells the application server where to send.
    func subscribed(_ subscription: PushSubscription) async throws -> String? {
        print("send to \(subscription.endpoint.url)")
        return nil
    }

    /// When this returns, the message is acknowledged.
    func received(_ message: ReceivedMessage) async throws {
        print(String(decoding: message.payload ?? [], as: UTF8.self))
    }
}

let agent = try UserAgent(
    address: PushServiceAddress("http://localhost:8080/"), store: IdentityFile(path: "device.json"),
    observer: { event in print(event) })
try await agent.register(Weather(), as: "weather")
try await agent.run()
