import JWS
import Crypto
import WebPush

/// Registering and unregistering channels.
extension Session.Ready {
    mutating func register(_ channel: ChannelID, key: String?) throws(SessionEnd) -> [SessionAction] {
        var rawKey: [UInt8]?
        if let key {
            guard let raw = vapidKey(key) else {
                return [.send(.register(channel, status: 400, pushEndpoint: "Failed to generate endpoint"))]
            }
            rawKey = raw
        }
        try countRequest()
        return [.register(Channel(uaid: uaid, id: channel), restrictedTo: rawKey)]
    }

    /// An uncompressed point on P-256 (RFC 8292 §3.2).
    private func vapidKey(_ text: String) -> [UInt8]? {
        guard let raw = Base64URL.decode(text), (try? P256.Signing.PublicKey(x963Representation: raw)) != nil else {
            return nil
        }
        return raw
    }

    mutating func unregister(_ channel: ChannelID, code: Int?) throws(SessionEnd) -> [SessionAction] {
        try countRequest()
        return [.unregister(Channel(uaid: uaid, id: channel)), .note(.unregistered(code: code))]
    }

    private mutating func countRequest() throws(SessionEnd) {
        guard pendingRequests < limits.pendingRequests else {
            throw SessionEnd(close: .protocolFault("too many requests at once, wait for the replies"))
        }
        pendingRequests += 1
    }

    mutating func answer(_ registration: Registration) -> [SessionAction] {
        let endpoint = codec.endpoint(
            for: registration.channel, of: registration.epoch, restrictedTo: registration.vapidKey)
        return answer(registration.channel.id, status: 200, endpoint)
    }

    mutating func answer(_ channel: ChannelID, status: Int, _ endpoint: String) -> [SessionAction] {
        pendingRequests -= 1
        return [.send(.register(channel, status: status, pushEndpoint: endpoint))]
    }

    mutating func answer(_ channel: ChannelID, status: Int) -> [SessionAction] {
        pendingRequests -= 1
        return [.send(.unregister(channel, status: status))]
    }
}
