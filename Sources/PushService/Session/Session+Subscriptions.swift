/// Registering and unregistering channels.
extension Session.Ready {
    mutating func register(_ channel: ChannelID, key: String?) throws(SessionEnd) -> [SessionAction] {
        var rawKey: [UInt8]?
        if let key {
            guard let raw = ApplicationServerKey.raw(key) else {
                return [.send(.register(channel, status: 400, pushEndpoint: "Failed to generate endpoint"))]
            }
            rawKey = raw
        }
        try countRequest()
        return [.register(Channel(uaid: uaid, id: channel), restrictedTo: rawKey)]
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
