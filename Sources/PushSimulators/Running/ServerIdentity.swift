import NIOCore
import NIOSSL

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the simulators show of themselves in TLS, and whom they ask for a certificate.
struct ServerIdentity {
    private let chain: [NIOSSLCertificateSource]
    private let key: NIOSSLPrivateKey
    private let clientAuthority: NIOSSLCertificate

    init(_ accounts: SimulatedAccounts, now: Date) throws {
        let issued = try accounts.authority.server(now: now)
        chain = try NIOSSLCertificate.fromPEMBytes(Array(issued.certificatePEM.utf8)).map { .certificate($0) }
        key = try NIOSSLPrivateKey(bytes: Array(issued.privateKeyPEM.utf8), format: .pem)
        clientAuthority = try NIOSSLCertificate(bytes: Array(accounts.clientAuthority.certificatePEM.utf8), format: .pem)
    }

    /// APNs asks for a client's certificate, which may be missing, and speaks HTTP/2 alone.
    func context(_ port: SimulatedPort) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        // A client that no longer reads must not hold up the end.
        configuration.shutdownTimeout = .milliseconds(200)
        configuration.applicationProtocols = port.provider == .apns ? ["h2"] : ["h2", "http/1.1"]
        if port.provider == .apns {
            configuration.trustRoots = .certificates([clientAuthority])
            configuration.certificateVerification = .optionalVerification
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
