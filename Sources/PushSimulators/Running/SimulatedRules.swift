import Crypto
import CryptoExtras

/// Makes the rules of each port out of the accounts.
struct SimulatedRules: Sendable {
    let accounts: SimulatedAccounts
    let bundleIDs: [String]

    func firstStreamLimit(_ port: SimulatedPort) -> Int { port.provider == .apns ? APNsSimulator.firstStreamLimit : 100 }

    func make(_ port: SimulatedPort, origin: String) -> any ProviderRules {
        switch port {
        case .apns, .apnsSandbox: apns(environment: port.environment ?? "production")
        case .fcm: fcm(origin: origin)
        case .hms: hms
        case .wns: wns
        case .webpush: WebPushSimulator(origin: origin, seed: .random(in: 0 ... .max))
        }
    }

    private var hms: HMSSimulator {
        let account = HMSSimulator.Account(
            appID: SimulatedAccounts.huaweiApp, clientSecret: accounts.huaweiSecret, projectID: SimulatedAccounts.huaweiProject,
            keyID: SimulatedAccounts.huaweiKeyID, subAccount: SimulatedAccounts.huaweiSubAccount, key: accounts.huaweiKey.publicKey)
        return HMSSimulator(account: account, seed: .random(in: 0 ... .max))
    }

    private var wns: WNSSimulator {
        let account = WNSSimulator.Account(
            tenantID: SimulatedAccounts.tenant, clientID: SimulatedAccounts.windowsClient, packageSID: SimulatedAccounts.packageSID,
            clientSecret: accounts.windowsSecret)
        return WNSSimulator(account: account, seed: .random(in: 0 ... .max))
    }

    private func fcm(origin: String) -> FCMSimulator {
        let account = FCMSimulator.Account(
            projectID: SimulatedAccounts.firebaseProject, email: SimulatedAccounts.serviceAccount, keyID: SimulatedAccounts.googleKeyID,
            key: accounts.googleKey.publicKey, tokenEndpoint: origin + FCMSimulator.tokenPath)
        return FCMSimulator(account: account, seed: .random(in: 0 ... .max))
    }

    private func apns(environment: String) -> APNsSimulator {
        let account = APNsSimulator.Account(
            teamID: SimulatedAccounts.teamID, keys: [SimulatedAccounts.keyID: accounts.appleKey.publicKey], bundleIDs: bundleIDs)
        return APNsSimulator(account: account, environment: environment, seed: .random(in: 0 ... .max))
    }
}
