public import HTTPTransport
public import JSON
public import PushSender
import WNS

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An App's way into Windows Push Notification Services.
///
/// Fields: `tenant_id`, `client_id` and `client_secret` of an app registration in Microsoft Entra ID; or `package_sid` and `client_secret`
/// of an app of the Store. Optionally `token_endpoint`, and `endpoint`: an origin whose channel URIs are trusted with the access token like
/// Microsoft's.
public struct WNSCredential: ProviderCredential {
    public static let provider = ProviderName.wns
    public static let fieldNames: Set = ["tenant_id", "client_id", "client_secret", "package_sid", "endpoint", "token_endpoint"]

    let access: RenewableToken
    let trustedOrigin: String?
    private let client: WNSOAuthClient

    public init(_ fields: JSONValue, now: Date) throws(CredentialProblem) {
        let fields = try CredentialFields(fields)
        client = try Self.client(fields)
        trustedOrigin = try fields.origin("endpoint")
        access = Self.access(client, tokenEndpoint: try fields.url("token_endpoint") ?? client.tokenEndpoint)
    }

    public var environments: [ProviderEnvironment] { [.only] }

    /// The package SID, or the client id.
    public var appIdentifier: String {
        switch client {
        case .entra(_, let clientID, _): clientID
        case .store(let packageSID, _): packageSID
        }
    }

    public var summary: [String: String] {
        var summary: [String: String] =
            switch client {
            case .entra(let tenantID, let clientID, _): ["tenant_id": tenantID, "client_id": clientID]
            case .store(let packageSID, _): ["package_sid": packageSID]
            }
        summary["endpoint"] = trustedOrigin
        return summary
    }

    /// Asks for an access token.
    public func verify(over transport: any Transport, now: Date) async -> CredentialVerdict {
        await access.fetch(transport, now).verdict
    }
}

extension WNSCredential {
    private static func client(_ fields: CredentialFields) throws(CredentialProblem) -> WNSOAuthClient {
        let clientSecret = try fields.required("client_secret", "Microsoft shows it once, when it is made")
        if let packageSID = try fields.text("package_sid") {
            guard packageSID.hasPrefix("ms-app://"), packageSID.utf8.count > 9 else {
                throw CredentialProblem(field: "package_sid", "it begins with ms-app://; Partner Center shows it")
            }
            return .store(packageSID: packageSID, clientSecret: clientSecret)
        }
        let tenantID = try fields.required("tenant_id", "give it with client_id, or give package_sid for an app of the Store")
        guard tenantID.utf8.allSatisfy(isPlain) else {
            throw CredentialProblem(field: "tenant_id", "it is a UUID or a domain; Microsoft Entra ID shows it")
        }
        let clientID = try fields.required("client_id", "the application (client) id of the app registration")
        return .entra(tenantID: tenantID, clientID: clientID, clientSecret: clientSecret)
    }

    /// What may stand in a path.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func access(_ client: WNSOAuthClient, tokenEndpoint: String) -> RenewableToken {
        RenewableToken { transport, now in
            await RenewableToken.post(client.form, to: tokenEndpoint, over: transport) { reply in
                do throws(WNSError) {
                    let token = try WNSOAuthClient.read(status: reply.status, body: reply.body)
                    return .success(.init(value: token.value, expiresAt: now.addingTimeInterval(Double(token.lifetimeSeconds))))
                } catch {
                    return .failure(.init(isPermanent: error.code == .refused, reason: error.description))
                }
            }
        }
    }
}
