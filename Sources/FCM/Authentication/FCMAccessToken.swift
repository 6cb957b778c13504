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

    /// Reads the answer of Google's OAuth server.
    /// - Throws: `refused` when somebody has to mend the service account or the clock, `unavailable` when it is worth asking again.
    public init(status: Int, body: [UInt8]) throws(FCMError) {
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(body))
        if status == 200, let token = answer?.access_token, !token.isEmpty {
            value = token
            lifetimeSeconds = answer?.expires_in ?? 3599
            return
        }
        let words = [answer?.error, answer?.error_description].compactMap { $0 }.joined(separator: ": ")
        let hint = answer?.error == "invalid_grant" ? "; is this machine's clock right, and does the key still exist?" : ""
        let isRefusal = (400...499).contains(status) && status != 408 && status != 429
        throw FCMError(
            isRefusal ? .refused : .unavailable,
            "Google's OAuth server answered \(status)" + (words.isEmpty ? "" : ": \(words)") + hint)
    }

    private struct Answer: Decodable {
        let access_token: String?
        let expires_in: Int?
        let error: String?
        let error_description: String?
    }
}
