import Testing
import WebPush

@Suite struct WebPushRequestTests {
    private let url = "https://wns2-par02p.notify.windows.com/w/?token=BQ%2b%2fa%3d"
    private let receiver = UserAgentKey()

    private func subscription() throws -> PushSubscription {
        PushSubscription(endpoint: try WebPushEndpoint(url), keys: receiver.keys)
    }

    private func headers(_ request: WebPushRequest) -> [String: String] {
        Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
    }

    @Test func aMessageIsPostedEncryptedWithAllItsHeaders() throws {
        let request = try WebPushRequest(
            payload: [1, 2, 3], to: subscription(), ttl: TTL(seconds: 60), urgency: .high, collapseKey: CollapseKey("k"),
            authorization: "vapid t=a, k=b")
        #expect(request.url == url)
        #expect(try MessageEncryption.open(request.body, with: receiver) == [1, 2, 3])
        #expect(
            headers(request) == [
                "TTL": "60", "Urgency": "high", "Topic": "k", "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream", "Authorization": "vapid t=a, k=b",
            ])
    }

    @Test func aPushWithoutPayloadHasNoBodyAndNoEncoding() throws {
        let request = try WebPushRequest(payload: [], to: subscription(), ttl: TTL(seconds: 0))
        #expect(request.body.isEmpty)
        #expect(headers(request) == ["TTL": "0", "Urgency": "normal"])
    }

    @Test func aPayloadTooLargeIsRefusedBeforeItIsSent() {
        let payload = Array<UInt8>(repeating: 0, count: 3994)
        #expect(refusal { try WebPushRequest(payload: payload, to: subscription(), ttl: TTL(seconds: 1)) } == .payloadTooLarge)
    }
}
