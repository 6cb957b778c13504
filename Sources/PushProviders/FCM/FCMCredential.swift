import FCM
import HTTPTransport
public import PushSender

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An App's way into a Firebase project.
///
/// Fields: `service_account`, the file that the Firebase console lets one download, as a JSON object or as its text; optionally `project_id`,
/// another project that the account may send for, `endpoint` and `token_endpoint`, which stand in for Google's.
public struct FCMCredential: ProviderCredential {
    public static let provider = ProviderName.fcm

    let projectID: String
    let origin: String
    let access: RenewableToken
    private let clientEmail: String

    public init(_ fields: JSONValue, now: Date) throws(CredentialProblem) {
        let account = try Self.account(fields, now: now)
        let fields = try CredentialFields(fields)
        projectID = try fields.text("project_id") ?? account.projectID
        origin = try fields.origin("endpoint") ?? FCMEndpoint.origin
        clientEmail = account.clientEmail
        access = Self.access(account, tokenEndpoint: try fields.url("token_endpoint") ?? account.tokenURI)
    }

    public var environments: [ProviderEnvironment] { [.only] }
    public var appIdentifier: String { projectID }

    public var summary: [String: String] {
        var summary = ["project_id": projectID, "client_email": clientEmail]
        if origin != FCMEndpoint.origin { summary["endpoint"] = origin }
        return summary
    }

    var url: String { FCMEndpoint.send(project: projectID, origin: origin) }

    /// Signs once, so that a key that can't is found now.
    private static func account(_ fields: JSONValue, now: Date) throws(CredentialProblem) -> FCMServiceAccount {
        let json: [UInt8]
        switch fields["service_account"] {
        case .string(let text): json = Array(text.utf8)
        case .object(let members): json = JSONText.bytes(of: JSONValue.object(members))
        default:
            throw CredentialProblem(
                field: "service_account", "it is missing: download it in the Firebase console, project settings, service accounts")
        }
        do throws(FCMError) {
            let account = try FCMServiceAccount(json: json)
            _ = try account.tokenRequest(now: now)
            return account
        } catch {
            throw CredentialProblem(field: ["service_account", error.field].compactMap { $0 }.joined(separator: "."), error.message)
        }
    }

    private static func access(_ account: FCMServiceAccount, tokenEndpoint: String) -> RenewableToken {
        RenewableToken { transport, now in
            let form: [UInt8]
            do throws(FCMError) {
                form = try account.tokenRequest(audience: tokenEndpoint, now: now)
            } catch {
                return .failure(.init(isPermanent: true, reason: error.description))
            }
            return await RenewableToken.post(form, to: tokenEndpoint, over: transport) { reply in
                do throws(FCMError) {
                    let token = try FCMAccessToken(status: reply.status, body: reply.body)
                    return .success(.init(value: token.value, expiresAt: now.addingTimeInterval(Double(token.lifetimeSeconds))))
                } catch {
                    return .failure(.init(isPermanent: error.code == .refused, reason: error.description))
                }
            }
        }
    }
}
