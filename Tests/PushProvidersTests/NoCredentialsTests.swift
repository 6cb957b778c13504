import PushSender
import PushTesting
import Testing
import WebPush

@testable import PushProviders

@Suite struct NoCredentialsTests {
    private static let providers: [any PushProvider] = [
        APNsProvider(credentials: CredentialTable(), transport: AnsweringTransport(status: 200)),
        FCMProvider(credentials: CredentialTable(), transport: AnsweringTransport(status: 200)),
        HMSProvider(credentials: CredentialTable(), transport: AnsweringTransport(status: 200)),
        WNSProvider(credentials: CredentialTable(), transport: AnsweringTransport(status: 200)),
        WebPushProvider(credentials: CredentialTable(), transport: AnsweringTransport(status: 200)),
    ]

    @Test(arguments: providers) func aProviderWithoutCredentialsSaysSo(_ provider: any PushProvider) {
        let problem = provider.problem(sendingFor: .default)
        #expect(problem?.code == .noCredential && problem?.field == provider.name.rawValue)
        #expect(DryRun(provider).problem(sendingFor: .default) == problem)
    }

    @Test func thoseOfAnotherAppAreNoHelp() throws {
        let table = CredentialTable<WebPushCredential>()
        table.set([WebPushCredential(key: VAPIDKey(), subject: try VAPIDSubject("mailto:a@example.com"))], for: AppID(rawValue: 2))
        let provider = WebPushProvider(credentials: table, transport: AnsweringTransport(status: 200))
        #expect(provider.problem(sendingFor: AppID(rawValue: 2)) == nil)
        #expect(provider.problem(sendingFor: .default)?.code == .noCredential)
    }
}
