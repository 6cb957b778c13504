import PushProviders
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A token as one text, whatever its provider.
enum WrittenToken {
    /// - Parameter text: for Web Push the PushSubscription, as `JSON.stringify` makes a text of it.
    /// - Throws: ``Problem``
    static func checked(_ text: String, _ provider: ProviderName, _ policy: EndpointPolicy) throws -> Token {
        guard provider == .webPush else {
            let body = TokenBody(
                provider: provider.rawValue, subscription: nil, token: text, environment: nil, kind: nil, appIdentifier: nil)
            return try body.checked(policy)
        }
        guard let subscription = try? JSONDecoder().decode(SubscriptionBody.self, from: Data(text.utf8)) else {
            throw Problem.invalid("token", "give the PushSubscription as JSON.stringify makes a text of it")
        }
        return try subscription.checked(policy, field: "token").token
    }
}
