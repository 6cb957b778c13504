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
        case audiences([String])
        case tags(String)

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            switch self {
            case .all: try fields.encode(true, forKey: .all)
            case .devices(let ids): try fields.encode(ids, forKey: .devices)
            case .users(let ids): try fields.encode(ids, forKey: .users)
            case .topics(let names): try fields.encode(names, forKey: .topics)
            case .audiences(let names): try fields.encode(names, forKey: .audiences)
            case .tags(let expression): try fields.encode(expression, forKey: .tags)
            }
        }

        private enum CodingKeys: String, CodingKey { case all, devices, users, topics, audiences, tags }
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
    var finishedAt: String?

    private enum CodingKeys: String, CodingKey {
        case id, state, progress, counters
        case finishedAt = "finished_at"
    }

    struct Counters: Decodable, Equatable {
        var accepted = 0
        var failed = 0
        var expired = 0
        var unregistered = 0
        var retrying = 0
        var cancelled: Int?
        var dropped: Int?
    }

    /// A push that was cancelled is done when what was in the air has landed.
    var isDone: Bool { state == "done" || (state == "cancelled" && finishedAt != nil) }
}
