import URLEncoding

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An app that asks Huawei's OAuth server for access tokens, by client credentials: good for v1 and v2, refused by v3. At most 1000
/// requests in five minutes.
public struct HMSOAuthClient: Sendable, Hashable {
    /// Where to POST ``form`` as `application/x-www-form-urlencoded`.
    public static let tokenEndpoint = "https://oauth-login.cloud.huawei.com/oauth2/v3/token"

    /// The app id: digits.
    public let clientID: String
    public let clientSecret: String

    /// - Throws: `invalidField` naming `app_id` or `client_secret`.
    public init(clientID: String, clientSecret: String) throws(HMSError) {
        try check(
            !clientID.isEmpty && clientID.utf8.allSatisfy(isDigit), "app_id", "an app id has digits alone; AppGallery Connect shows it")
        try check(!clientSecret.isEmpty, "client_secret", "it is empty; AppGallery Connect shows it beside the app id")
        self.clientID = clientID
        self.clientSecret = clientSecret
    }

    public var form: [UInt8] {
        formBody(["grant_type": "client_credentials", "client_id": clientID, "client_secret": clientSecret])
    }

    /// Reads the answer to ``form``.
    /// - Throws: `refused` when somebody has to mend the credentials, `unavailable` when it is worth asking again.
    public static func read(status: Int, body: [UInt8]) throws(HMSError) -> HMSAccessToken {
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(body))
        if status == 200, let token = answer?.access_token, !token.isEmpty {
            return HMSAccessToken(value: token, lifetimeSeconds: answer?.expires_in ?? 3600)
        }
        let words = [answer?.error?.text, answer?.sub_error?.text, answer?.error_description].compactMap { $0 }.joined(separator: " ")
        let sentence = "Huawei's OAuth server answered \(status)" + (words.isEmpty ? "" : ": \(words)")
        let isRefusal = (400...499).contains(status) && status != 408 && status != 429
        throw HMSError(isRefusal ? .refused : .unavailable, sentence)
    }

    private struct Answer: Decodable {
        let access_token: String?
        let expires_in: Int?
        let error: Word?
        let sub_error: Word?
        let error_description: String?
    }

    /// Huawei writes its error numbers now as numbers, now as text.
    private struct Word: Decodable {
        let text: String
        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            text = try (try? value.decode(String.self)) ?? String(value.decode(Int.self))
        }
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
