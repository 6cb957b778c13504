import URLEncoding

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Who asks Microsoft for access tokens, by client credentials.
public enum WNSOAuthClient: Sendable, Hashable {
    /// Windows App SDK: an app registration in Microsoft Entra ID.
    case entra(tenantID: String, clientID: String, clientSecret: String)
    /// Apps of the Store: the package SID, `ms-app://…`, and its secret from Partner Center.
    case store(packageSID: String, clientSecret: String)

    /// Where to POST ``form`` as `application/x-www-form-urlencoded`.
    public var tokenEndpoint: String {
        switch self {
        case .entra(let tenantID, _, _): "https://login.microsoftonline.com/\(tenantID)/oauth2/v2.0/token"
        case .store: "https://login.live.com/accesstoken.srf"
        }
    }

    public var form: [UInt8] {
        let (clientID, clientSecret, scope) =
            switch self {
            case .entra(_, let clientID, let clientSecret): (clientID, clientSecret, "https://wns.windows.com/.default")
            case .store(let packageSID, let clientSecret): (packageSID, clientSecret, "notify.windows.com")
            }
        return formBody(["grant_type": "client_credentials", "client_id": clientID, "client_secret": clientSecret, "scope": scope])
    }

    /// Reads the answer to ``form``.
    /// - Throws: `refused` when somebody has to mend the credentials, `unavailable` when it is worth asking again.
    public static func read(status: Int, body: [UInt8]) throws(WNSError) -> WNSAccessToken {
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(body))
        if status == 200, let token = answer?.access_token, !token.isEmpty {
            return WNSAccessToken(value: token, lifetimeSeconds: answer?.expires_in?.value ?? 3600)
        }
        let words = [answer?.error, answer?.error_description].compactMap { $0 }.joined(separator: ": ")
        let isRefusal = (400...499).contains(status) && status != 408 && status != 429
        throw WNSError(
            isRefusal ? .refused : .unavailable, "Microsoft's OAuth server answered \(status)" + (words.isEmpty ? "" : ": \(words)"))
    }

    private struct Answer: Decodable {
        let access_token: String?
        let expires_in: Seconds?
        let error: String?
        let error_description: String?
    }

    /// A number, or the same in quotes.
    private struct Seconds: Decodable {
        let value: Int
        init(from decoder: any Decoder) throws {
            let single = try decoder.singleValueContainer()
            value = try (try? single.decode(Int.self)) ?? Int(single.decode(String.self)) ?? 3600
        }
    }
}

/// What goes out as `Authorization: Bearer …`.
public struct WNSAccessToken: Sendable, Hashable {
    public let value: String
    /// Counted from when it was asked for; a day, as a rule.
    public let lifetimeSeconds: Int

    public init(value: String, lifetimeSeconds: Int) {
        self.value = value
        self.lifetimeSeconds = lifetimeSeconds
    }
}
