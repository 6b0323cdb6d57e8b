<?php
// Makes many accounts in one process: a JSON list on standard input, and on standard output a list of
// what to log in with, in the same order.

use MediaWiki\Auth\AuthManager;
use MediaWiki\Maintenance\Maintenance;
use MediaWiki\User\BotPassword;

class SandboxAccounts extends Maintenance {
	public function execute() {
		$logins = [];
		foreach ( json_decode( stream_get_contents( STDIN ), true, 16, JSON_THROW_ON_ERROR ) as $account ) {
			$logins[] = $this->make( $account );
		}
		$this->output( "\nlogins: " . json_encode( $logins ) . "\n" );
	}

	private function make( array $account ): array {
		$services = $this->getServiceContainer();
		$name = $account['name'];
		$user = $services->getUserFactory()->newFromName( $name, 'creatable' );
		if ( !$user ) {
			$this->fatalError( "'$name' is not a valid account name." );
		}
		if ( !$user->isRegistered() ) {
			if ( $account['password'] === null ) {
				$this->fatalError( "There is no account '$name'." );
			}
			$status = $services->getAuthManager()->autoCreateUser( $user, AuthManager::AUTOCREATE_SOURCE_MAINT, false );
			$this->check( $name, $status );
		}
		$groups = $services->getUserGroupManager();
		$unknown = array_diff( $account['groups'], $groups->listAllGroups() );
		if ( $unknown ) {
			$this->fatalError( "$name: no such group: " . implode( ', ', $unknown ) );
		}
		$groups->addUserToMultipleGroups( $user, $account['groups'] );
		if ( $account['password'] !== null ) {
			$this->check( $name, $user->changeAuthenticationData( [
				'username' => $user->getName(),
				'password' => $account['password'],
				'retype' => $account['password'],
			] ) );
		}
		$user->saveSettings();
		if ( $account['bot_password'] === null ) {
			return [ $user->getName(), $account['password'] ];
		}
		return $this->botPassword( $user->getName(), $account['bot_password'], $account['grants'] );
	}

	private function botPassword( string $name, string $app, array $grants ): array {
		$services = $this->getServiceContainer();
		$unknown = array_diff( $grants, $services->getGrantsInfo()->getValidGrants() );
		if ( $unknown ) {
			$this->fatalError( "$name: no such grant: " . implode( ', ', $unknown ) );
		}
		$password = BotPassword::generatePassword( $this->getConfig() );
		$record = BotPassword::newUnsaved( [ 'username' => $name, 'appId' => $app, 'grants' => $grants ] );
		if ( !$record ) {
			$this->fatalError( "'$app' cannot be the name of a bot password." );
		}
		$hash = $services->getPasswordFactory()->newFromPlaintext( $password );
		$status = $record->save( 'insert', $hash );
		if ( !$status->isGood() ) {
			$status = $record->save( 'update', $hash );
		}
		$this->check( $name, $status );
		return [ "$name@$app", $password ];
	}

	private function check( string $name, StatusValue $status ): void {
		if ( !$status->isGood() ) {
			$this->fatalError( "$name: " . strip_tags( (string)$status ) );
		}
	}
}

return SandboxAccounts::class;
