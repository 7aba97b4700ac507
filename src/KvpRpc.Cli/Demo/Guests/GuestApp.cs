using KvpRpc.Cli.Demo.Contracts;
using KvpRpc.Emulator;
using KvpRpc.Guest;
using KvpRpc.Transports;

namespace KvpRpc.Cli.Demo.Guests;

/// <summary>The program in a guest: offers its services, signs in at its host, and ends with its standard
/// input.</summary>
internal static class GuestApp
{
    internal static async Task<int> RunAsync(GuestPlace place)
    {
        // Whoever started it, however that one ends, closes this pipe: no guest outlives its demo.
        Task orphaned = Task.Run(() => Console.In.ReadToEnd());
        try
        {
            using TrafficMeter meter = TrafficMeter.Create(place.MeterFile);
            await using KvpGuest guest = await OpenAsync(place, meter);
            guest.AddService<IGuestMachine>(new GuestMachine(guest, TimeProvider.System), RpcAccess.Host);
            guest.Start();
            using CancellationTokenSource ending = new();
            Task signIn = SignInAsync(guest.CreateClient<IHostDesk>(), ending.Token);

            // A sign-in that is refused ends the program; one that is done does not.
            await await Task.WhenAny(orphaned, signIn);
            await orphaned;
            await ending.CancelAsync();
            await signIn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCodes.Success;
        }
        catch (Exception exception) when (exception is KvpTransportException or RpcException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.Failed;
        }
    }

    // As KvpGuest.OpenAsync does it, with a meter in between.
    private static async Task<KvpGuest> OpenAsync(GuestPlace place, TrafficMeter meter)
    {
        if (place.Endpoint is { } endpoint)
            return new(new MeteredTransport(
                await EmulatedGuestTransport.ConnectAsync(endpoint, place.KeyPrefix), meter));
        LinuxGuestTransportOptions linux = new()
        {
            KeyPrefix = place.KeyPrefix,
            Folder = place.PoolFolder ?? LinuxGuestTransportOptions.DefaultFolder,
            LockFolder = place.LockFolder ?? LinuxGuestTransportOptions.DefaultLockFolder,
        };
        LinuxGuestTransport tables = LinuxGuestTransport.Open(linux);
        GuestParameters parameters = await GuestParameters.ReadAsync(linux, CancellationToken.None);
        KvpGuestOptions options = new() { Links = new() { VirtualMachineId = parameters.VirtualMachineId } };
        return new(new MeteredTransport(tables, meter), options);
    }

    private static async Task SignInAsync(IHostDesk host, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await host.SignInAsync(Environment.ProcessId, cancellationToken);
                return;
            }
            catch (RpcException exception)
                when (exception.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
            {
                // Signing in twice does no harm; the next call waits for the next link.
            }
        }
    }
}
