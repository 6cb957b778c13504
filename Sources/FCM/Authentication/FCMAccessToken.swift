#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What goes out as `Authorization: Bearer …`.
public struct FCMAccessToken: Sendable, Hashable {
    public let value: String
    /// Counted from when it was asked for.
    public let lifetimeSeconds: Int

    /// Reads the answer of Google's OAuth server (RFC 6749 §5).
    /// - Throws: `refused` when somebody has to mend the service account or the clock, naming the file's member that is most likely at
    ///   fault; `unavailable` when it is worth asking again.
    public init(status: Int, body: [UInt8]) throws(FCMError) {
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(body))
        guard status == 200, let token = answer?.access_token, !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Self.refusal(status, answer)
        }
        value = token
        lifetimeSeconds = answer?.expires_in ?? 3599
    }

    private struct Answer: Decodable {
        let access_token: String?
        let expires_in: Int?
        let error: String?
        let error_description: String?
    }

    private static func refusal(_ status: Int, _ answer: Answer?) -> FCMError {
        let words = [answer?.error, answer?.error_description.map { String($0.prefix(300)) }].compactMap { $0 }
        let said = (["\(status)"] + words).joined(separator: ": ")
        let isRefusal = (400...499).contains(status) && status != 408 && status != 429
        guard isRefusal else { return FCMError(.unavailable, "Google's OAuth server answered \(said)") }
        let (field, advice) = advice(answer)
        return FCMError(.refused, field: field, "Google's OAuth server answered \(said); \(advice)")
    }

    /// Google says `invalid_grant` for many things, and more in words that are made for people.
    private static func advice(_ answer: Answer?) -> (field: String?, String) {
        switch answer?.error {
        case "invalid_grant" where answer?.error_description?.contains("account not found") == true:
            ("client_email", "does the account client_email still exist?")
        case "invalid_grant":
            ("private_key", "do the key private_key and the account client_email still exist, and is this machine's clock right?")
        case nil: ("token_uri", "is that an OAuth server? Google's is \(FCMServiceAccount.tokenURI)")
        default: (nil, "download a new key for the service account in the Firebase console")
        }
    }
}
