import JWS
import WebPush

extension ServerMessage {
    /// The text frame.
    public func frame() -> String {
        var json = JSONObject()
        switch self {
        case .hello(let uaid, let news):
            json.add("messageType", "hello")
            json.add("uaid", uaid.text)
            json.add("status", 200)
            // Without it a user agent falls back to a protocol that carries no data.
            json.add("use_webpush", true)
            json.add("broadcasts", news.json)
        case .register(let channel, let status, let pushEndpoint):
            json.add("messageType", "register")
            json.add("channelID", channel.text)
            json.add("status", status)
            json.add("pushEndpoint", pushEndpoint)
        case .unregister(let channel, let status):
            json.add("messageType", "unregister")
            json.add("channelID", channel.text)
            json.add("status", status)
        case .notification(let channel, let version, let content):
            json.add("messageType", "notification")
            json.add("channelID", channel.text)
            json.add("version", version)
            content.add(to: &json)
        case .broadcast(let news):
            json.add("messageType", "broadcast")
            json.add("broadcasts", news.json)
        case .urgency(let status):
            json.add("messageType", "urgency")
            json.add("status", status)
        case .pong:
            break
        }
        return json.text
    }
}

extension BroadcastNews {
    /// Versions by id, and beside them what is wrong with others, as Mozilla's service says it.
    fileprivate var json: JSONObject {
        var json = JSONObject()
        for (id, version) in updates.sorted(by: { $0.key < $1.key }) { json.add(id, version) }
        guard !unknown.isEmpty else { return json }
        var errors = JSONObject()
        for id in unknown.sorted() { errors.add(id, "Broadcast not found") }
        json.add("errors", errors)
        return json
    }
}

extension MessageContent {
    /// An empty message has neither `data` nor `headers`, a plain one no `headers`.
    fileprivate func add(to json: inout JSONObject) {
        guard !body.isEmpty else { return }
        json.add("data", Base64URL.encode(body))
        guard let encoding else { return }
        var headers = JSONObject()
        headers.add("encoding", encoding)
        if let encryption { headers.add("encryption", encryption) }
        if let cryptoKey { headers.add("crypto_key", cryptoKey) }
        json.add("headers", headers)
    }
}
