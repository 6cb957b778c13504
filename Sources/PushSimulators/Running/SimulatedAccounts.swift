import Crypto
import CryptoExtras
import X509

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The accounts that the simulated providers know, and their secrets, as the folder keeps them.
struct SimulatedAccounts: Sendable {
    static let teamID = "SIMTEAM001"
    static let keyID = "SIMKEY0001"
    static let firebaseProject = "herald-simulated"
    static let serviceAccount = "herald@herald-simulated.iam.gserviceaccount.com"
    static let googleKeyID = "51a1e5d0c0ffee0000000000000000000000f00d"
    static let huaweiApp = "104000001"
    static let huaweiProject = "461323198429000001"
    static let huaweiKeyID = "b1a5c0de0000000000000000000000f0"
    static let huaweiSubAccount = "109000001"
    static let tenant = "5a5a5a5a-0000-4000-8000-000000000001"
    static let windowsClient = "5a5a5a5a-0000-4000-8000-000000000002"
    static let packageSID = "ms-app://s-1-15-2-1000000001-1000000002-1000000003"

    let authority: CertificateAuthority
    let clientAuthority: CertificateAuthority
    let appleKey: P256.Signing.PrivateKey
    let googleKey: _RSA.Signing.PrivateKey
    let huaweiKey: _RSA.Signing.PrivateKey
    let huaweiSecret: String
    let windowsSecret: String

    init(in folder: SimulatorFolder, now: Date) throws {
        authority = try Self.authority("ca", "Herald simulators' CA", in: folder, now: now)
        clientAuthority = try Self.authority("apns-client-ca", "Herald simulators' CA for APNs clients", in: folder, now: now)
        let p8 = try folder.text("AuthKey_\(Self.keyID).p8") { P256.Signing.PrivateKey().pemRepresentation + "\n" }
        appleKey = try P256.Signing.PrivateKey(pemRepresentation: p8)
        googleKey = try Self.rsaKey("fcm-key.pem", in: folder)
        huaweiKey = try Self.rsaKey("hms-key.pem", in: folder)
        huaweiSecret = try folder.text("hms-secret.txt") { Self.secret() }
        windowsSecret = try folder.text("wns-secret.txt") { Self.secret() }
    }

    private static func authority(_ name: String, _ title: String, in folder: SimulatorFolder, now: Date) throws -> CertificateAuthority {
        let kept = try folder.text("\(name)-key.pem") { try CertificateAuthority(name: title, now: now).pem }
        let authority = try CertificateAuthority(pem: kept)
        guard authority.certificate.notValidAfter < now + 86_400 else { return authority }
        let renewed = try CertificateAuthority(name: title, now: now)
        try folder.write(renewed.pem, to: "\(name)-key.pem")
        return renewed
    }

    private static func rsaKey(_ name: String, in folder: SimulatorFolder) throws -> _RSA.Signing.PrivateKey {
        let pem = try folder.text(name) { try _RSA.Signing.PrivateKey(keySize: .bits2048).pkcs8PEMRepresentation + "\n" }
        return try _RSA.Signing.PrivateKey(pemRepresentation: pem)
    }

    private static func secret() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
    }
}
