/// Google's form of an error (google.rpc.Status). Every member may be missing or of another kind: then it says nothing.
struct ErrorReply: Decodable {
    let error: Failure

    struct Failure: Decodable {
        let status: String?
        let message: String?
        let details: [Detail]

        private enum Key: CodingKey { case status, message, details }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Key.self)
            status = try? members.decode(String.self, forKey: .status)
            message = try? members.decode(String.self, forKey: .message)
            details = (try? members.decode([Detail].self, forKey: .details)) ?? []
        }
    }

    /// Told apart by `@type`. Sorts that we don't know say nothing.
    struct Detail: Decodable {
        /// `google.firebase.fcm.v1.FcmError`
        private(set) var errorCode: String?
        /// `google.rpc.BadRequest`
        private(set) var fieldViolations: [String] = []
        /// `google.rpc.QuotaFailure`
        private(set) var quotaViolations: [String] = []
        /// `google.rpc.RetryInfo`
        private(set) var retryDelaySeconds: Double?
        /// `google.firebase.fcm.v1.ApnsError`
        private(set) var apnsError: FCMRefusal.APNsError?

        private enum Key: String, CodingKey {
            case type = "@type"
            case errorCode, fieldViolations, violations, retryDelay, statusCode, reason
        }

        init(from decoder: any Decoder) {
            guard let members = try? decoder.container(keyedBy: Key.self), let type = try? members.decode(String.self, forKey: .type) else {
                return
            }
            switch type.split(separator: "/").last {
            case "google.firebase.fcm.v1.FcmError": errorCode = try? members.decode(String.self, forKey: .errorCode)
            case "google.firebase.fcm.v1.ApnsError":
                apnsError = .init(
                    status: try? members.decode(Int.self, forKey: .statusCode), reason: try? members.decode(String.self, forKey: .reason))
            case "google.rpc.BadRequest": fieldViolations = Self.texts(members, .fieldViolations)
            case "google.rpc.QuotaFailure": quotaViolations = Self.texts(members, .violations)
            case "google.rpc.RetryInfo":
                retryDelaySeconds = (try? members.decode(String.self, forKey: .retryDelay)).flatMap(FCMDuration.seconds)
            default: break
            }
        }

        private static func texts(_ members: KeyedDecodingContainer<Key>, _ key: Key) -> [String] {
            ((try? members.decode([Violation].self, forKey: key)) ?? []).map(\.text)
        }
    }

    private struct Violation: Decodable {
        let field: String?
        let subject: String?
        let description: String?

        var text: String { [field ?? subject, description].compactMap { $0 }.joined(separator: ": ") }
    }
}
