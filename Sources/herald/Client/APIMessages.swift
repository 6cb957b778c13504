import Foundation
import WebPush

/// An error of the API: application/problem+json (RFC 9457).
struct Problem: Decodable {
    var title: String?
    var detail: String?
    var field: String?

    /// nil when it says nothing.
    var sentence: String? {
        guard let said = detail ?? title else { return nil }
        guard let field, !said.contains(field) else { return said }
        return "\(field): \(said)"
    }
}

struct VAPIDReply: Decodable {
    var publicKey: String

    private enum CodingKeys: String, CodingKey { case publicKey = "public_key" }
}

struct DeviceRequest: Encodable {
    var provider = "webpush"
    var subscription: PushSubscription
    var user: String?
    /// nil leaves those of a known device as they are.
    var topics: [String]?
}

struct RegisteredDevice: Decodable {
    var id: String
}

struct ProvidersReply: Decodable {
    var providers: [ProviderReply]
}

struct ProviderReply: Decodable {
    var provider: String
    var credentials: [Credential]

    struct Credential: Decodable {
        var fields: [String: String]
        var environments: [String]
        var verified: String?
        var note: String?

        /// `apns  production sandbox  bundle_id=com.example key_id=ABC  accepted by the provider`
        func line(_ provider: String) -> String {
            let shown = fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            let checked: String? =
                switch verified {
                case "accepted": "accepted by the provider"
                case nil: nil
                default: "not checked: \(note ?? "the provider can't be reached")"
                }
            return [provider, environments.joined(separator: " "), shown, checked ?? ""].filter { !$0.isEmpty }.joined(separator: "\t")
        }
    }
}

struct PushRequest: Encodable, Equatable {
    var audience: Audience
    var notification: Notification
    /// Seconds.
    var ttl: Int?
    var urgency: String?
    var collapseKey: String?

    enum Audience: Encodable, Equatable {
        case all
        case devices([String])
        case users([String])
        case topics([String])

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            switch self {
            case .all: try fields.encode(true, forKey: .all)
            case .devices(let ids): try fields.encode(ids, forKey: .devices)
            case .users(let ids): try fields.encode(ids, forKey: .users)
            case .topics(let names): try fields.encode(names, forKey: .topics)
            }
        }

        private enum CodingKeys: String, CodingKey { case all, devices, users, topics }
    }

    struct Notification: Encodable, Equatable {
        var title: String
        var body: String?
        var url: String?
    }

    private enum CodingKeys: String, CodingKey {
        case audience, notification, ttl, urgency
        case collapseKey = "collapse_key"
    }
}

/// How far a push is. Right after it was accepted only its id and state are known.
struct PushState: Decodable, Equatable {
    var id: String
    var state: String
    /// 0 to 1.
    var progress: Double?
    var counters: Counters?

    struct Counters: Decodable, Equatable {
        var accepted = 0
        var failed = 0
        var expired = 0
        var unregistered = 0
        var retrying = 0
    }

    var isDone: Bool { state == "done" }
}
