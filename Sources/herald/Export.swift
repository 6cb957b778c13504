import ArgumentParser
import Foundation
import PushServer

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Write out what the server knows.", subcommands: [Devices.self])

    struct Devices: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write every device with its token, as `herald import devices` reads it: NDJSON or CSV.",
            discussion: """
                Works beside a running server. The file is for its owner alone: whoever has the tokens and a key of the App can send.

                herald export devices devices.ndjson
                """)

        @Argument(help: "The file; - for standard output.")
        var file = "-"
        @OptionGroup var options: DeviceFileOptions

        func run() async throws {
            try await reporting {
                let format = try options.format(of: file)
                let target = try DeviceTarget(file)
                defer { target.forget() }
                let progress = FileProgress(bytes: nil)
                let count = try await options.withFiles(isWriting: false) { files in
                    try await files.exportDevices(to: target.handle, format, progress: progress.show)
                }
                try target.finish()
                progress.end()
                Terminal.say("\(count) devices")
            }
        }
    }
}
