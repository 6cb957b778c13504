#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a provider remembers of one connection.
public struct ConnectionMemory: Sendable {
    /// The certificate that the client showed, if any.
    public var certificate: ClientCertificate?
    /// How many streams the client may have open at once; the shell announces a change.
    public var streamLimit: Int
    /// How many requests were judged on it.
    public var requests = 0
    /// Whose token the first accepted push carried: APNs ties the connection to it.
    var boundKey: ProviderKeyName?
    /// The provider token in use, and since when.
    var providerToken: (text: String, since: Date)?

    public init(certificate: ClientCertificate? = nil, streamLimit: Int) {
        self.certificate = certificate
        self.streamLimit = streamLimit
    }
}

/// A key of a team in Apple's developer account.
struct ProviderKeyName: Sendable, Hashable {
    let teamID: String
    let keyID: String
}

/// What APNs reads in a client's certificate.
public struct ClientCertificate: Sendable, Hashable {
    /// The bundle id and, where the certificate lists any, everything else it is good for.
    public var topics: [String]
    /// Of `production` and `sandbox`.
    public var environments: [String]

    public init(topics: [String], environments: [String]) {
        self.topics = topics
        self.environments = environments
    }
}
