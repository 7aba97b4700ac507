using System.CommandLine;
using KvpRpc.Links;

namespace KvpRpc.Cli.Demo.Guests;

/// <summary>The hidden verb that the demo starts its guests with: this executable again, as a program in a
/// guest.</summary>
internal static class GuestAppCommand
{
    internal const string Name = "guest-app";
    internal const string PoolOption = "--pool";
    internal const string LocksOption = "--locks";
    internal const string PortOption = "--port";
    internal const string MeterOption = "--meter";

    internal static Command Create()
    {
        Option<string?> pool = new(PoolOption) { Description = "The folder of the guest's pool files." };
        Option<string?> locks = new(LocksOption) { Description = "The folder of the guest's lock files." };
        Option<string?> port = new(PortOption) { Description = "The port of an emulated guest." };
        Option<string> meter = new(MeterOption) { Description = "Where the traffic is counted.", Required = true };
        Command command = new(Name, "A program in a guest of the demo. It ends with its standard input.")
        {
            pool, locks, port, meter,
        };
        command.Hidden = true;

        // The token is not used: Ctrl-C reaches the whole terminal, and a guest's life is the demo's business.
        command.SetAction((parsed, _) => GuestApp.RunAsync(new()
        {
            PoolFolder = parsed.GetValue(pool),
            LockFolder = parsed.GetValue(locks),
            Endpoint = parsed.GetValue(port),
            KeyPrefix = KvpChannel.KeyPrefix("default"),
            MeterFile = parsed.GetRequiredValue(meter),
        }));
        return command;
    }
}
