#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What FCM answers to `messages:send`.
public enum FCMReply: Sendable, Hashable {
    /// `projects/<project>/messages/<id>`
    case accepted(name: String)
    case refused(FCMRefusal)

    /// - Parameter body: JSON; a proxy's HTML is a refusal without words.
    public init(status: Int, body: [UInt8]) {
        if status == 200, let name = (try? JSONDecoder().decode(Sent.self, from: Data(body)))?.name {
            self = .accepted(name: name)
        } else {
            self = .refused(FCMRefusal(status: status, body: body))
        }
    }

    private struct Sent: Decodable { let name: String }
}

/// An error of FCM (Firebase: "FCM error codes"), as far as it says anything.
public struct FCMRefusal: Sendable, Hashable {
    /// Extensible: FCM may say what this list doesn't have.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let unspecified = Code(rawValue: "UNSPECIFIED_ERROR")
        public static let invalidArgument = Code(rawValue: "INVALID_ARGUMENT")
        public static let unregistered = Code(rawValue: "UNREGISTERED")
        public static let senderIDMismatch = Code(rawValue: "SENDER_ID_MISMATCH")
        public static let quotaExceeded = Code(rawValue: "QUOTA_EXCEEDED")
        public static let unavailable = Code(rawValue: "UNAVAILABLE")
        public static let internalError = Code(rawValue: "INTERNAL")
        public static let thirdPartyAuthError = Code(rawValue: "THIRD_PARTY_AUTH_ERROR")
    }

    public let httpStatus: Int
    /// FCM's own code, from a detail `FcmError`; nil when some other part of Google answered.
    public let code: Code?
    /// The name of a `google.rpc.Code`: `NOT_FOUND`.
    public let status: String?
    public let message: String?
    /// Members of the request that are wrong, with the reason.
    public let violations: [String]

    init(status httpStatus: Int, body: [UInt8]) {
        let error = (try? JSONDecoder().decode(Answer.self, from: Data(body)))?.error
        self.httpStatus = httpStatus
        code = error?.details?.compactMap(\.errorCode).first.map(Code.init)
        status = error?.status
        message = error?.message
        violations = (error?.details ?? []).flatMap { $0.fieldViolations ?? [] }.map { "\($0.field ?? "?"): \($0.description ?? "")" }
    }

    private struct Answer: Decodable {
        let error: Failure

        struct Failure: Decodable {
            let status: String?
            let message: String?
            let details: [Detail]?
        }

        /// Only what is known of it is read; other sorts are passed over.
        struct Detail: Decodable {
            let errorCode: String?
            let fieldViolations: [Violation]?

            private enum Key: String, CodingKey {
                case type = "@type"
                case errorCode, fieldViolations
            }

            init(from decoder: any Decoder) throws {
                let fields = try? decoder.container(keyedBy: Key.self)
                let type = (try? fields?.decode(String.self, forKey: .type)) ?? ""
                errorCode = type.hasSuffix("google.firebase.fcm.v1.FcmError") ? try? fields?.decode(String.self, forKey: .errorCode) : nil
                fieldViolations = try? fields?.decode([Violation].self, forKey: .fieldViolations)
            }
        }

        struct Violation: Decodable {
            let field: String?
            let description: String?
        }
    }
}
