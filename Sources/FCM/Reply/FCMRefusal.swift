#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

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

    /// What Apple said to FCM.
    public struct APNsError: Sendable, Hashable {
        public let status: Int?
        public let reason: String?
    }

    public let httpStatus: Int
    /// FCM's own code, from a detail `FcmError`; nil when some other part of Google answered.
    public let code: Code?
    /// The name of a `google.rpc.Code`: `NOT_FOUND`.
    public let status: String?
    public let message: String?
    /// Members of the request that are wrong, with the reason (`google.rpc.BadRequest`).
    public let violations: [String]
    /// Which quota is used up, with the reason (`google.rpc.QuotaFailure`).
    public let quotaViolations: [String]
    /// How long to wait (`google.rpc.RetryInfo`). The header `Retry-After` wins over it.
    public let retryDelaySeconds: Double?
    public let apnsError: APNsError?

    /// - Parameter body: of an answer that isn't a success. What can't be read leaves everything but the status nil or empty.
    public init(status httpStatus: Int, body: [UInt8]) {
        let error = (try? JSONDecoder().decode(ErrorReply.self, from: Data(body)))?.error
        let details = error?.details ?? []
        self.httpStatus = httpStatus
        code = details.lazy.compactMap(\.errorCode).first.map(Code.init)
        status = error?.status
        message = error?.message
        violations = details.flatMap(\.fieldViolations)
        quotaViolations = details.flatMap(\.quotaViolations)
        retryDelaySeconds = details.lazy.compactMap(\.retryDelaySeconds).first
        apnsError = details.lazy.compactMap(\.apnsError).first
    }
}
