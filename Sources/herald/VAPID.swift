import ArgumentParser
import WebPush

struct VAPID: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vapid", abstract: "Keys by which push services know an application server (RFC 8292).",
        subcommands: [Generate.self])

    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key pair.",
            discussion: "Both keys are base64url: the public one as browsers take it, the private one as 32 raw bytes. Nothing is stored.")

        @Flag(help: "Print one JSON object: {\"public_key\",\"private_key\"}.")
        var json = false

        func run() {
            print(Self.text(VAPIDKey(), asJSON: json))
        }

        static func text(_ key: VAPIDKey, asJSON: Bool) -> String {
            // base64url needs no escaping in JSON.
            asJSON
                ? #"{"public_key":"\#(key.publicKeyBase64URL)","private_key":"\#(key.privateKeyBase64URL)"}"#
                : "public key:  \(key.publicKeyBase64URL)\nprivate key: \(key.privateKeyBase64URL)"
        }
    }
}
